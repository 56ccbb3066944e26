import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { NodeCredential } from "@/lib/proxy/node-credential";
import { startProxyNode } from "@/lib/proxy/proxy-node";
import { askReload } from "@/lib/proxy/takeover";
import { readEnv } from "@/lib/shared/env";
import { AppError, errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { parseSocketAddress } from "@/lib/shared/socket-address";
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
  udpAssociate?: true;
  drainDeadline: number;
  metricsAddress: string;
  metricsPort?: number;
  takeOver?: true;
  join?: string;
  public?: string;
};

const stateFolder = (dataDir: string): string => join(dataDir, "proxy");

/**
 * `twinpath proxy`: one proxy node until stopped. Started by another command of the product it is the node's process
 * itself; started alone it keeps one as its child, so that SIGHUP and `twinpath reload` can replace it.
 */
export async function runProxy(options: ProxyCommand): Promise<void> {
  const credential = await findCredential(options);
  await (process.connected ? runProcess(options, credential) : keepProcess(options));
}

/** From the environment where it is there, else the kept one or that of a node that joins now. */
async function findCredential(options: ProxyCommand): Promise<NodeCredential> {
  const given = readEnv("TWINPATH_NODE_CREDENTIAL");
  if (given !== null) return NodeCredential.given(given);
  const file = join(stateFolder(options.dataDir), "credential.json");
  const address = options.public ?? null;
  if (address !== null && parseSocketAddress(address) === null)
    throw new AppError("NODE_BAD_ADDRESS", `--public is "${address}": give an address and port, as 192.0.2.1:1080.`);
  return NodeCredential.joined({ portalUrl: portalOf(options), file, code: options.join ?? null, address });
}

const portalOf = ({ portal }: ProxyCommand): string => portal.replace(/\/+$/, "");

async function runProcess(options: ProxyCommand, credential: NodeCredential): Promise<void> {
  const log = createLog("proxy");
  const tls = await proxyCertificate(options, options.dataDir);
  const node = await startProxyNode({
    portalUrl: portalOf(options),
    credential,
    listenAddress: options.address,
    port: options.port,
    stateFolder: stateFolder(options.dataDir),
    threads: options.threads ?? availableParallelism(),
    ...(tls === null ? {} : { tls }),
    proxyHeaderFrom: options.proxyHeaderFrom ?? [],
    proxyHeaderTo: options.proxyHeaderTo ?? [],
    udpAssociate: options.udpAssociate ?? false,
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
