import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { startProxyNode } from "@/lib/proxy/proxy-node";
import { askReload } from "@/lib/proxy/takeover";
import { requireEnv } from "@/lib/shared/env";
import { errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { proxyCertificate, type TlsOptions } from "./proxy-tls";
import { askRestart, sayReady } from "./readiness";
import { complain, say } from "./say";
import { supervise } from "./supervisor";
import { untilStopped } from "./until-stopped";

export type ProxyCommand = TlsOptions & {
  portal: string;
  address: string;
  port: number;
  dataDir: string;
  threads?: number;
  proxyHeaderFrom?: string[];
  proxyHeaderTo?: string[];
  drainDeadline: number;
  metricsAddress: string;
  metricsPort?: number;
  takeOver?: true;
};

const stateFolder = (dataDir: string): string => join(dataDir, "proxy");

/**
 * `twinpath proxy`: one proxy node until stopped. Started by another command of the product it is the node's process
 * itself; started alone it keeps one as its child, so that SIGHUP and `twinpath reload` can replace it.
 */
export async function runProxy(options: ProxyCommand): Promise<void> {
  requireEnv("TWINPATH_NODE_CREDENTIAL");
  await (process.connected ? runProcess(options) : keepProcess(options));
}

async function runProcess(options: ProxyCommand): Promise<void> {
  const log = createLog("proxy");
  const tls = await proxyCertificate(options, options.dataDir);
  const node = await startProxyNode({
    portalUrl: options.portal,
    credential: requireEnv("TWINPATH_NODE_CREDENTIAL"),
    listenAddress: options.address,
    port: options.port,
    stateFolder: stateFolder(options.dataDir),
    threads: options.threads ?? availableParallelism(),
    ...(tls === null ? {} : { tls }),
    proxyHeaderFrom: options.proxyHeaderFrom ?? [],
    proxyHeaderTo: options.proxyHeaderTo ?? [],
    drainDeadlineSeconds: options.drainDeadline,
    ...(options.metricsPort === undefined
      ? {}
      : { metrics: { address: options.metricsAddress, port: options.metricsPort } }),
    isTakeover: options.takeOver ?? false,
    restart: askRestart,
    log,
  });
  void node.ready.then(sayReady);
  const reload = (): void => {
    askRestart().catch((error: unknown) => log.error({ reason: errorMessage(error) }, "reload failed"));
  };
  await Promise.race([untilStopped(reload), node.retired]);
  await node.stop();
}

/** The same command again as a child with an IPC channel. */
async function keepProcess({ dataDir }: ProxyCommand): Promise<void> {
  const start = (...more: string[]) =>
    spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1), ...more], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      detached: true,
    });
  const proxy = supervise({
    name: "proxy",
    runFolder: join(dataDir, "run"),
    start: () => start(),
    startSuccessor: () => start("--take-over"),
    onEvent: complain,
  });
  await untilStopped(() => void proxy.restart().catch((error: unknown) => complain(errorMessage(error))));
  await proxy.stop();
}

/** `twinpath reload`: replace the process of the proxy that runs with this data folder; no session is lost. */
export async function runReload({ dataDir }: { dataDir: string }): Promise<void> {
  await askReload(stateFolder(dataDir));
  say("A new process serves; the one before ends with its last session.");
}
