import { availableParallelism } from "node:os";
import { join } from "node:path";
import { startProxyNode } from "@/lib/proxy/proxy-node";
import { requireEnv } from "@/lib/shared/env";
import { createLog } from "@/lib/shared/log";
import { untilStopped } from "./until-stopped";

/** `twinpath proxy`: one proxy node until stopped. */
export async function runProxy(options: {
  portal: string;
  address: string;
  port: number;
  dataDir: string;
  threads?: number;
}): Promise<void> {
  const node = await startProxyNode({
    portalUrl: options.portal,
    credential: requireEnv("TWINPATH_NODE_CREDENTIAL"),
    listenAddress: options.address,
    port: options.port,
    stateFolder: join(options.dataDir, "proxy"),
    threads: options.threads ?? availableParallelism(),
    log: createLog("proxy"),
  });
  await untilStopped();
  await node.stop();
}
