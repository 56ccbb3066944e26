import { deviceOfRequest, nodeOfRequest } from "@/lib/auth/bearer";
import { staffOfRequest } from "@/lib/auth/staff-of-request";
import type { Role } from "@/lib/contracts/portal";
import type { DeviceActor, NodeActor, StaffActor } from "@/lib/services/actor";
import { requireRole } from "@/lib/services/actor";
import { requireScope } from "@/lib/services/token-scope";
import { readEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import { isEqualInConstantTime } from "@/lib/shared/ids";

/**
 * Who may call a route. `check` gives the caller or throws AUTH_REQUIRED or AUTH_FORBIDDEN. `isBrowser`: the browser
 * adds the caller's proof by itself, so that a write must show that it comes from our own pages.
 */
export type Access<Actor> = {
  name: string;
  isBrowser: boolean;
  check: (request: Request, isUse: boolean) => Promise<Actor>;
};

function requireActor<Actor>(actor: Actor | null, what: string): Actor {
  if (actor === null) throw new AppError("AUTH_REQUIRED", what);
  return actor;
}

/** No proof needed. */
export const anyone: Access<null> = { name: "anyone", isBrowser: true, check: async () => null };

/** No proof needed, and none that a browser would add: programs call this, not pages. */
export const anyProgram: Access<null> = { name: "anyone", isBrowser: false, check: async () => null };

/** Staff with one of the roles, signed in or with an API token whose scopes cover the call. */
export function staff(...roles: Role[]): Access<StaffActor> {
  return {
    name: `staff:${roles.join(",")}`,
    isBrowser: true,
    check: async (request, isUse) => {
      const actor = requireActor(
        await staffOfRequest(request, isUse),
        "Nobody is signed in, or the session has ended. Programs send an API token: Authorization: Bearer <token>",
      );
      requireRole(actor, roles);
      requireScope(actor, request.method, new URL(request.url).pathname);
      return actor;
    },
  };
}

/** Signed-in staff of any role. */
export const anyStaff = staff("admin", "operator", "support", "demo", "viewer");

function node(kind: NodeActor["nodeKind"]): Access<NodeActor> {
  return {
    name: `node:${kind}`,
    isBrowser: false,
    check: async (request) => {
      const actor = requireActor(
        await nodeOfRequest(request),
        "This takes a node's credential: Authorization: Bearer <id>.<secret>",
      );
      if (actor.nodeKind !== kind)
        throw new AppError("AUTH_FORBIDDEN", `This is for a ${kind}; the credential is of a ${actor.nodeKind}.`);
      return actor;
    },
  };
}

export const proxyNode = node("proxy");
export const testbedNode = node("testbed");

/** Who has the token of the metrics. Without one nobody may read them. */
export const metricsReader: Access<null> = {
  name: "metrics",
  isBrowser: false,
  check: async (request) => {
    const token = readEnv("TWINPATH_METRICS_TOKEN");
    if (token === null)
      throw new AppError(
        "AUTH_REQUIRED",
        "Metrics are off: set TWINPATH_METRICS_TOKEN for the portal and start it again.",
      );
    const given = request.headers.get("authorization") ?? "";
    if (!isEqualInConstantTime(given, `Bearer ${token}`))
      throw new AppError(
        "AUTH_REQUIRED",
        "This takes the metrics' token: Authorization: Bearer <TWINPATH_METRICS_TOKEN>",
      );
    return null;
  },
};

/** A subscriber's device. */
export const device: Access<DeviceActor> = {
  name: "device",
  isBrowser: false,
  check: async (request) =>
    requireActor(
      await deviceOfRequest(request),
      "This takes a device's credential: Authorization: Bearer <id>.<secret>",
    ),
};
