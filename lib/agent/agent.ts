import { isIP } from "node:net";
import { mptcp } from "@/lib/mptcp";
import type { Connection } from "@/lib/mptcp/connection";
import { ConnectionServer } from "@/lib/mptcp/connection-server";
import type { Listener, SocketAddress } from "@/lib/mptcp/face";
import { CachingResolver } from "@/lib/shared/caching-resolver";
import { socketAddressText } from "@/lib/shared/socket-address";
import type { AgentOptions } from "./agent-options";
import type { AgentParts } from "./agent-parts";
import { AgentPolicy } from "./agent-policy";
import { ConvertUse } from "./convert-use";
import { DailyUse } from "./daily-use";
import { type DemoRuns, startDemoRuns } from "./demo/demo-runs";
import type { ChoiceChange } from "./device-choice";
import { agentStatus } from "./page/agent-status";
import { startPage } from "./page/start-page";
import { DevicePaths } from "./paths/device-paths";
import { PathProgress } from "./paths/path-progress";
import { ProxyNodes } from "./proxy-nodes";
import { ProxyState } from "./proxy-state";
import { RefusedDestinations, serveCaptured } from "./serve-captured";
import { serveConnection } from "./serve-connection";
import { Traffic } from "./traffic";
import { agentMark } from "./transparent/agent-mark";
import { TransparentCapture } from "./transparent/transparent-capture";
import { UploadCap } from "./upload-cap";
import { UploadSteering } from "./upload-steering";
import { WifiAutomation } from "./wifi-automation";

export type Agent = {
  listener: Listener;
  pageUrl: string | null;
  /** Resolves once the portal has said which white-lists are in force. */
  ready: Promise<void>;
  stop(): Promise<void>;
};

const handshakeTimeoutMs = 30_000;
const idleTimeoutMs = 3_600_000;
const maxConnections = 10_000;
const sampleEveryMs = 1000;
/** Paths are watched closely for this long after the last white-listed byte. */
const busyForMs = 10_000;

/** The portal's part of what is never captured: its address, or its name. */
function portalDestination(portalUrl: string): { addresses: SocketAddress[]; names: Set<string> } {
  const { hostname, port, protocol } = new URL(portalUrl);
  const host = hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) === 0) return { addresses: [], names: new Set([host]) };
  return { addresses: [{ address: host, port: Number(port) || (protocol === "https:" ? 443 : 80) }], names: new Set() };
}

/** Where programs of this device find the agent. */
function ownUrl({ address, port }: Listener): string {
  const reached = { "0.0.0.0": "127.0.0.1", "::": "::1" }[address] ?? address;
  return `http://${socketAddressText({ address: reached, port })}/`;
}

/**
 * Start the path manager and proxy agent of a device (pM-UE).
 *
 * Errors: NativeError of listener or path manager; those of TransparentCapture. What was started by then is stopped.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { log, links } = options;
  const support = mptcp.probe();
  if (!support.hasMptcp) log.warn({ reason: support.reason }, "one path at a time");
  const undos: (() => void | Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const undo of undos.splice(0).reverse()) await undo();
  };
  try {
    const pathManager = support.hasPathManager ? mptcp.openPathManager() : null;
    undos.push(() => pathManager?.close());
    let paths: DevicePaths | null = null;
    const traffic = new Traffic(links, (address) => paths?.linkOf(address) ?? null);
    const proxyState = new ProxyState();
    let serve: (connection: Connection) => void = (connection) => connection.close("reset");
    const server = new ConnectionServer(mptcp, {
      threads: 1,
      handshakeTimeoutMs,
      idleTimeoutMs,
      maxConnections,
      serve: (connection) => serve(connection),
    });
    undos.push(() => server.stop());
    let demoRuns: DemoRuns | null = null;
    const demo = options.demo ?? null;
    const policy = new AgentPolicy({
      ...options,
      ...(demo === null ? {} : { onDemo: (command) => demoRuns?.take(command) }),
    });
    undos.push(() => policy.stop());
    const progress = new PathProgress({
      samplePaths: (connections) => server.samplePaths("upstream", connections),
      onCarried: (address) => paths?.carried(address),
      onQuiet: (address) => paths?.quiet(address),
    });
    undos.push(() => progress.stop());
    const isBusy = (): boolean =>
      progress.hasConnections && traffic.lastProxyMs !== null && performance.now() - traffic.lastProxyMs < busyForMs;
    const nodes = new ProxyNodes({
      fallback: options.proxy,
      probe: (node) => paths?.reaches(node) ?? Promise.resolve(false),
      isBusy,
      onSwitch: (node) => paths?.leadTo(node),
      log,
    });
    undos.push(() => nodes.stop());
    nodes.list(policy.nodes);
    const devicePaths = new DevicePaths({
      helper: mptcp,
      pathManager,
      links,
      proxy: nodes.current,
      isLteBackup: () => policy.serviceClass()?.steering === "wifi-first",
      isBusy,
      onSilent: () => void nodes.doubt(),
      log,
    });
    undos.push(policy.onChange(() => nodes.list(policy.nodes)));
    paths = devicePaths;
    undos.push(() => devicePaths.stop());
    const uploads = new UploadSteering({ server, pathManager, policy, paths: devicePaths, log });
    undos.push(() => uploads.stop());
    const cap = new UploadCap({ server, policy });
    undos.push(() => cap.stop());
    const wifi = startWifiAutomation(options, devicePaths, traffic);
    undos.push(() => wifi?.stop());
    const parts: AgentParts = {
      policy,
      resolver: new CachingResolver(),
      nodes,
      credentials: { user: options.deviceId, password: options.secret },
      paths: devicePaths,
      reached: (connection, transport) => {
        cap.begin(connection);
        if (transport !== "mptcp") return;
        uploads.begin(connection);
        progress.begin(connection);
      },
      hasMptcp: support.hasMptcp,
      mark: options.transparent === null ? null : agentMark,
      convert: options.convert === true ? new ConvertUse(log) : null,
      leaving: async (connection) => {
        traffic.take(await server.sample(["upstream"], [connection.id]));
        cap.end(connection);
        uploads.end(connection);
        progress.end(connection);
      },
      proxyState,
      traffic,
      log,
    };
    const capture = await startCapture(options, server, policy, nodes);
    if (capture !== null) undos.push(() => capture.stop());
    const nameOf = (original: SocketAddress): string | null => capture?.choose(original) ?? null;
    const capturedParts = { ...parts, choose: nameOf, refused: new RefusedDestinations() };
    serve = (connection) => {
      const { originalDestination } = connection;
      if (originalDestination !== null) void serveCaptured(connection, capturedParts, originalDestination);
      else if (capture?.isDns(connection) === true) void capture.serveDns(connection);
      else void serveConnection(connection, parts);
    };
    const listener = server.listen({ address: options.listenAddress, port: options.port, mptcp: false });
    if (demo !== null) {
      const { hasMptcp } = support;
      const proxyUrl = ownUrl(listener);
      demoRuns = await startDemoRuns({ options, ...demo, policy, paths: devicePaths, nodes, hasMptcp, proxyUrl });
      undos.push(() => demoRuns?.stop());
    }
    const use = new DailyUse(options);
    undos.push(() => use.stop());
    undos.push(startSampling(server, traffic, use));
    const shown = { options, policy, nodes, traffic, use, proxyState, support, capture, paths: devicePaths, wifi };
    const status = () => agentStatus({ ...shown, stats: server.stats() });
    const choose = (change: ChoiceChange): void => policy.choose(change);
    const page = options.pagePort === null ? null : await startPage({ port: options.pagePort, status, choose, log });
    if (page !== null) undos.push(() => page.close());
    log.info({ address: listener.address, port: listener.port, links, page: page?.url ?? null }, "agent listens");
    return { listener, pageUrl: page?.url ?? null, ready: policy.confirmed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startWifiAutomation(
  { wifiAutomation, log }: AgentOptions,
  paths: DevicePaths,
  traffic: Traffic,
): WifiAutomation | null {
  if (wifiAutomation === null) return null;
  const isWifiUp = (): boolean => paths.status().some(({ access, address }) => access === "wifi" && address !== null);
  return new WifiAutomation({ ...wifiAutomation, isWifiUp, lastTrafficMs: () => traffic.lastProxyMs, log });
}

async function startCapture(
  { transparent, portalUrl, log }: AgentOptions,
  server: ConnectionServer,
  policy: AgentPolicy,
  nodes: ProxyNodes,
): Promise<TransparentCapture | null> {
  if (transparent === null) return null;
  const { addresses, names } = portalDestination(portalUrl);
  const spared = (): SocketAddress[] => [...nodes.all(), ...addresses];
  return TransparentCapture.start({
    server,
    policy,
    dnsServers: transparent.dnsServers,
    spared,
    sparedNames: names,
    log,
  });
}

function startSampling(server: ConnectionServer, traffic: Traffic, use: DailyUse): () => void {
  const timer = setInterval(() => {
    void server.sample(["upstream"]).then((samples) => {
      traffic.sample(samples, performance.now());
      use.note(traffic.links());
    });
  }, sampleEveryMs);
  return () => clearInterval(timer);
}
