import { randomUUID } from "node:crypto";
import { type TokenScope, tokenScopeSchema } from "@/lib/contracts/api-tokens";
import { type Role, roleSchema } from "@/lib/contracts/portal";
import { getDatabase } from "@/lib/db/client";
import { createApiToken } from "@/lib/services/create-api-token";
import { enrolDevice } from "@/lib/services/enrol-device";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { revokeStaffSession } from "@/lib/services/staff-sessions";
import { newSecret } from "@/lib/shared/ids";
import { signedIn } from "./portal-call";
import type { Proof } from "./walk-table";

export type WalkCaller = { name: string; headers: Record<string, string>; proof: Proof };

const nothing = { kind: "none" as const };
const bearerOf = (credential: string) => ({ authorization: `Bearer ${credential}` });

/** A token of this scope whose maker has the role now; tokens are an administrator's, whose role may be taken. */
async function tokenOf(role: Role, scopes: readonly TokenScope[]): Promise<{ id: string; secret: string }> {
  const { staffId, sessionId } = await signedIn("admin");
  const actor = {
    kind: "staff",
    id: staffId,
    name: "",
    email: "",
    role: "admin",
    language: null,
    sessionId,
    token: null,
  } as const;
  const made = await createApiToken(actor, { name: "walk", scopes: [...scopes], validDays: 1 });
  await getDatabase().staff.update({ where: { id: staffId }, data: { role } });
  return { id: made.token.id, secret: made.secret };
}

async function staffCallers(origin: string): Promise<WalkCaller[]> {
  const made: WalkCaller[] = [];
  for (const role of roleSchema.options) {
    const { cookie } = await signedIn(role);
    const proof = { kind: "staff" as const, role, isBearer: false };
    made.push({ name: role, headers: { cookie, origin }, proof: { ...proof, hasOrigin: true } });
    made.push({ name: `${role} from nowhere`, headers: { cookie }, proof: { ...proof, hasOrigin: false } });
    made.push({
      name: `${role} from another site`,
      headers: { cookie, origin: "https://evil.example" },
      proof: { ...proof, hasOrigin: false },
    });
  }
  return made;
}

async function tokenCallers(): Promise<WalkCaller[]> {
  const all = tokenScopeSchema.options;
  const sets = [
    ...all.map((scope) => ["admin", [scope]] as const),
    ...roleSchema.options.map((r) => [r, all] as const),
  ];
  const made: WalkCaller[] = [];
  for (const [role, scopes] of sets) {
    const { secret } = await tokenOf(role, scopes);
    const proof = { kind: "token", role, scopes, hasOrigin: false, isBearer: true } as const;
    made.push({ name: `token ${role} ${scopes.join("+")}`, headers: bearerOf(secret), proof });
  }
  return made;
}

/** Cookies and credentials that do not count any more, or never did. */
async function voidCallers(origin: string): Promise<WalkCaller[]> {
  const database = getDatabase();
  const [revoked, disabled, idle] = [await signedIn("admin"), await signedIn("admin"), await signedIn("admin")];
  await revokeStaffSession(revoked.sessionId, "system");
  await database.staff.update({ where: { id: disabled.staffId }, data: { disabledAt: new Date() } });
  const nineHoursAgo = new Date(Date.now() - 9 * 3_600_000);
  await database.staffSession.update({ where: { id: idle.sessionId }, data: { lastSeenAt: nineHoursAgo } });
  const all = tokenScopeSchema.options;
  const [oldToken, takenToken, orphanToken] = [
    await tokenOf("admin", all),
    await tokenOf("admin", all),
    await tokenOf("admin", all),
  ];
  await database.apiToken.update({ where: { id: oldToken.id }, data: { expiresAt: new Date(0) } });
  await database.apiToken.update({ where: { id: takenToken.id }, data: { revokedAt: new Date() } });
  const { staffId } = await database.apiToken.findUniqueOrThrow({ where: { id: orphanToken.id } });
  await database.staff.update({ where: { id: staffId }, data: { disabledAt: new Date() } });
  const gone = await enrolDevice({ deviceId: "walk-gone", msisdn: "99999000008", serviceClassId: "gold" });
  await database.device.update({ where: { id: gone.deviceId }, data: { revokedAt: new Date() } });
  const cookies = {
    "revoked session": revoked.cookie,
    "disabled staff": disabled.cookie,
    "idle session": idle.cookie,
    "forged session": `twinpath.session=${newSecret()}.${newSecret()}`,
  };
  const bearers = {
    "expired token": oldToken.secret,
    "revoked token": takenToken.secret,
    "disabled staff's token": orphanToken.secret,
    "revoked device": `${gone.deviceId}.${gone.secret}`,
    "wrong node secret": `walk-proxy.${newSecret()}`,
    "unknown credential": `${randomUUID()}.${newSecret()}`,
  };
  return [
    ...Object.entries(cookies).map(([name, cookie]) => ({
      name,
      headers: { cookie, origin },
      proof: { ...nothing, hasOrigin: true, isBearer: false },
    })),
    ...Object.entries(bearers).map(([name, credential]) => ({
      name,
      headers: bearerOf(credential),
      proof: { ...nothing, hasOrigin: false, isBearer: true },
    })),
  ];
}

async function machineCallers(metricsToken: string): Promise<WalkCaller[]> {
  const proxy = await ensureLocalNode({ id: "walk-proxy", name: "Walk", kind: "proxy" });
  const testbed = await ensureLocalNode({ id: "walk-testbed", name: "Walk", kind: "testbed" });
  const device = await enrolDevice({ deviceId: "walk-ue", msisdn: "99999000009", serviceClassId: "gold" });
  const own = { hasOrigin: false, isBearer: true };
  return [
    { name: "proxy", headers: bearerOf(proxy.credential), proof: { kind: "node", nodeKind: "proxy", ...own } },
    { name: "testbed", headers: bearerOf(testbed.credential), proof: { kind: "node", nodeKind: "testbed", ...own } },
    {
      name: "device",
      headers: bearerOf(`${device.deviceId}.${device.secret}`),
      proof: { kind: "device", ...own },
    },
    { name: "metrics", headers: bearerOf(metricsToken), proof: { kind: "metrics", ...own } },
  ];
}

/** Everybody who could call: nobody, every role, tokens of every scope and role, machines, and what does not count any more. */
export async function makeWalkCallers(origin: string, metricsToken: string): Promise<WalkCaller[]> {
  return [
    { name: "nobody", headers: {}, proof: { ...nothing, hasOrigin: false, isBearer: false } },
    { name: "nobody on our pages", headers: { origin }, proof: { ...nothing, hasOrigin: true, isBearer: false } },
    ...(await staffCallers(origin)),
    ...(await tokenCallers()),
    ...(await machineCallers(metricsToken)),
    ...(await voidCallers(origin)),
  ];
}
