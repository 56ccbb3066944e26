import { join } from "node:path";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { startPart } from "./parts";
import { say } from "./say";
import { announce, startProduct } from "./start-product";
import { supervise } from "./supervisor";
import { untilStopped } from "./until-stopped";

export type UpCommand = { dataDir: string; address: string; port: number; proxyAddress: string; proxyPort: number };

/** `twinpath up`: database, portal and one proxy node on this machine until stopped. */
export async function runUp(options: UpCommand): Promise<void> {
  const stopped = untilStopped();
  const { dataDir } = options;
  const product = await startProduct(options);
  const { credential } = await ensureLocalNode({ id: "local", name: "Local proxy", kind: "proxy" });
  const proxy = supervise({
    name: "proxy",
    runFolder: join(dataDir, "run"),
    start: () =>
      startPart({
        name: "proxy",
        args: [
          "proxy",
          "--portal",
          product.portalUrl,
          "--address",
          options.proxyAddress,
          "--port",
          String(options.proxyPort),
        ],
        env: { TWINPATH_NODE_CREDENTIAL: credential, NODE_ENV: "production" },
        dataDir,
      }),
    onEvent: say,
  });
  product.atStop(() => proxy.stop());
  announce(product);
  say(
    `Proxy:   ${options.proxyAddress}:${options.proxyPort} (SOCKS5 and HTTP)   Logs: ${join(dataDir, "logs")}   Stop: Ctrl-C`,
  );
  await stopped;
  say("Stopping…");
  await product.stop();
}
