import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { errorMessage } from "@/lib/shared/errors";
import { startPart, untilServing } from "./parts";
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
  try {
    const { credential } = await ensureLocalNode({ id: "local", name: "Local proxy", kind: "proxy" });
    const { localUrl: portal } = product;
    const place = ["--address", options.proxyAddress, "--port", String(options.proxyPort)];
    const startProxy = (...more: string[]): ChildProcess =>
      startPart({
        name: "proxy",
        args: ["proxy", "--portal", portal, ...place, ...more],
        env: { TWINPATH_NODE_CREDENTIAL: credential, NODE_ENV: "production" },
        dataDir,
      });
    const proxy = supervise({
      name: "proxy",
      runFolder: join(dataDir, "run"),
      start: () => startProxy(),
      startSuccessor: () => startProxy("--take-over"),
      onEvent: say,
    });
    product.atStop(() => proxy.stop());
    announce(product);
    const why = await Promise.race([stopped, untilServing("proxy", proxy, dataDir).then(() => null, errorMessage)]);
    say(
      why ??
        `Proxy:   ${options.proxyAddress}:${options.proxyPort} (SOCKS5 and HTTP)   Logs: ${join(dataDir, "logs")}   Stop: Ctrl-C`,
    );
    await stopped;
    say("Stopping…");
  } finally {
    await product.stop();
  }
}
