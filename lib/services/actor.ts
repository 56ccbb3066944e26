import type { TokenScope } from "@/lib/contracts/api-tokens";
import type { Language, Role } from "@/lib/contracts/portal";
import { AppError } from "@/lib/shared/errors";

/** A member of staff, as the database has them now: signed in, or a program that acts for them with an API token. */
export type StaffActor = {
  kind: "staff";
  id: string;
  name: string;
  email: string;
  role: Role;
  /** Null: none was chosen. */
  language: Language | null;
  /** Null with a token. */
  sessionId: string | null;
  /** Null for somebody who is signed in. */
  token: { id: string; scopes: readonly TokenScope[] } | null;
};

/** A proxy node or testbed that showed its credential. */
export type NodeActor = { kind: "node"; id: string; name: string; nodeKind: "proxy" | "testbed" };

/** A subscriber's device that showed its credential. */
export type DeviceActor = { kind: "device"; id: string };

/** Who did it, as the audit log writes it. */
export function auditName(staff: StaffActor): string {
  return staff.token === null ? `staff:${staff.id}` : `token:${staff.token.id}`;
}

/** Roles that may start and stop demo runs. */
export const demoRoles: readonly Role[] = ["admin", "operator", "demo"];

/** Roles that may see policy: those whose pages show it. Classes alone are for everyone, the overview shows their shares. */
export const policyReaders: readonly Role[] = ["admin", "operator", "support", "viewer"];

/** Roles that may see subscribers and their devices, and those that may change them. */
export const subscriberReaders: readonly Role[] = ["admin", "operator", "support"];
export const subscriberWriters: readonly Role[] = ["admin", "operator"];

/** AppError AUTH_FORBIDDEN unless the actor has one of the roles. */
export function requireRole(actor: StaffActor, roles: readonly Role[]): void {
  if (!roles.includes(actor.role))
    throw new AppError("AUTH_FORBIDDEN", `Your role (${actor.role}) may not do this; it takes ${roles.join(" or ")}.`);
}
