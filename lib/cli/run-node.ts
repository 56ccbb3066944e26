import { join } from "node:path";
import { regionSchema } from "@/lib/contracts/nodes";
import { makeJoinCode } from "@/lib/services/create-join-code";
import { readNodes } from "@/lib/services/list-nodes";
import { giveNodeOrder } from "@/lib/services/node-orders";
import { credentialChange } from "@/lib/services/rotate-node-credential";
import { readEnv, setEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import { apiClient } from "./api-commands";
import { say } from "./say";
import { keptSecret } from "./secret-file";
import { commandActor, withRunningDatabase } from "./with-running-database";

export type NodeCommand = { dataDir: string };

/** `twinpath node list`. */
export async function runNodeList({ dataDir }: NodeCommand): Promise<void> {
  await withRunningDatabase(dataDir, async () => {
    for (const { id, name, region, address, isHeard, isDraining } of await readNodes())
      say([id, isHeard ? (isDraining ? "draining" : "up") : "silent", region ?? "-", address ?? "-", name].join("   "));
  });
}

/** `twinpath node join-code NAME`: shows the code once. Errors: AppError CLI_BAD_REGION. */
export async function runNodeJoinCode(
  name: string,
  options: NodeCommand & { portal: string; region?: string },
): Promise<void> {
  const region = options.region ?? null;
  if (region !== null && !regionSchema.safeParse(region).success)
    throw new AppError("CLI_BAD_REGION", `--region is "${region}": small letters, digits and hyphens, 32 at the most.`);
  setEnv("NEXTAUTH_URL", options.portal);
  if (readEnv("NEXTAUTH_SECRET") === null)
    setEnv("NEXTAUTH_SECRET", keptSecret(join(options.dataDir, "portal.secret")));
  await withRunningDatabase(options.dataDir, async () => {
    const { command, expiresAt } = await makeJoinCode({ name, region }, commandActor);
    say(`${command}   (works once, until ${expiresAt})`);
  });
}

/** `twinpath node rotate ID`. */
export async function runNodeRotate(nodeId: string, { dataDir }: NodeCommand): Promise<void> {
  await withRunningDatabase(dataDir, async () => {
    await giveNodeOrder(commandActor, { nodeId, reason: "twinpath node rotate" }, credentialChange);
  });
  say(`${nodeId} changes its credential now, or when it is back; the old one holds until it used the new one.`);
}

/** Each with what it does. */
export const nodeOrders = [
  ["drain", "let a node take no new sessions"],
  ["resume", "let a node take sessions again"],
  ["restart", "replace a node's process without losing a session"],
  ["revoke", "make a node's credential void, for good"],
] as const;

/** `twinpath node drain|resume|restart|revoke ID`. Errors: those of ApiClient; AppError ENV_MISSING. */
export async function runNodeOrder(
  order: (typeof nodeOrders)[number][0],
  id: string,
  { portal, reason }: { portal: string; reason: string },
): Promise<void> {
  const { isDraining, isRevoked, profile } = await apiClient(portal).call("POST", `nodes/[id]/${order}`, {
    params: { id },
    body: { reason },
  });
  const serves = isDraining ? "drains" : "takes sessions";
  const now = isRevoked ? "is removed" : order === "restart" ? "restarts now, or when it is back" : serves;
  say(`${profile.name} (${id}) ${now}.`);
}
