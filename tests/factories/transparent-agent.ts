import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedAgent, startAgentProcess, ueAddress, untilTrue } from "./started-agent";
import type { StartedDemo } from "./started-demo";

export { untilTrue } from "./started-agent";

export type TransparentAgent = StartedAgent & {
  /** The nftables tables of agents in the UE's namespace. */
  tables: () => Promise<string[]>;
};

const readyMs = 15_000;

/** The names of agents' tables in the UE's namespace. */
export async function agentTables(demo: StartedDemo): Promise<string[]> {
  const { stdout } = await demo.runIn("ue", "nft", ["list", "tables"]);
  return stdout.split("\n").filter((line) => line.includes("twinpath_agent_"));
}

/** The demo's policy has a rule about addresses. */
async function capturesRange(demo: StartedDemo): Promise<boolean> {
  const { stdout } = await demo.runIn("ue", "nft", ["list", "ruleset"]);
  return /set ruled4 \{[^}]*elements = \{ [0-9]/.test(stdout);
}

/**
 * Start `twinpath agent --transparent` in the UE's namespace, beside the demo's own agent, and wait until it captures by
 * the policy. It has a device of its own, or with `own` enrols as these arguments say and keeps what it keeps there.
 *
 * @param more arguments besides
 */
export async function startTransparentAgent(
  demo: StartedDemo,
  own: { folder: string; args: readonly string[] } | null = null,
  more: readonly string[] = [],
): Promise<TransparentAgent> {
  const device = own === null ? await demo.enrolDevice() : null;
  const folder = own?.folder ?? (await mkdtemp(join(tmpdir(), "twinpath-agent-")));
  await mkdir(folder, { recursive: true });
  const args = [
    ...["--transparent", "--wifi", await ueAddress(demo, "wifi0"), "--lte", await ueAddress(demo, "lte0")],
    ...["--port", "1180", "--page-port", "1188", ...(own?.args ?? []), ...more],
  ];
  const agent = await startAgentProcess(demo, folder, args, device);
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
    await agent.stop(signal);
    if (own === null) await rm(folder, { recursive: true, force: true });
  };
  await untilTrue("it captured by the policy", () => capturesRange(demo), readyMs).catch(async (error) => {
    await stop("SIGKILL");
    throw error;
  });
  return { ...agent, stop, tables: () => agentTables(demo) };
}
