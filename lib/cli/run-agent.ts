import { startAgent } from "@/lib/agent/agent";
import type { Link } from "@/lib/agent/links";
import { requireEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { untilStopped } from "./until-stopped";

export type AgentCommand = {
  portal: string;
  proxy: string;
  address: string;
  port: number;
  wifi?: string;
  lte?: string;
};

/** `host:port` or `[v6]:port`. Errors: AppError AGENT_BAD_PROXY. */
function parseProxy(text: string): { address: string; port: number } {
  const match = /^\[?([0-9a-fA-F.:]+?)\]?:([0-9]{1,5})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new AppError(
      "AGENT_BAD_PROXY",
      `--proxy is "${text}": give the proxy's numeric address and port, as 192.0.2.1:1080.`,
    );
  return { address: match[1], port: Number(match[2]) };
}

/** `twinpath agent`: path manager and local proxy of a device until stopped. */
export async function runAgent(options: AgentCommand): Promise<void> {
  const links: Link[] = [];
  if (options.wifi !== undefined) links.push({ access: "wifi", address: options.wifi });
  if (options.lte !== undefined) links.push({ access: "lte", address: options.lte });
  const agent = await startAgent({
    portalUrl: options.portal,
    deviceId: requireEnv("TWINPATH_DEVICE_ID"),
    secret: requireEnv("TWINPATH_DEVICE_SECRET"),
    proxy: parseProxy(options.proxy),
    links,
    listenAddress: options.address,
    port: options.port,
    log: createLog("agent"),
  });
  await untilStopped();
  await agent.stop();
}
