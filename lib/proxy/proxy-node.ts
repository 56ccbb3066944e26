import { join } from "node:path";
import type { NodeSettings, NodeSettingsInForce } from "@/lib/contracts/nodes";
import type { NodeStatus } from "@/lib/contracts/telemetry";
import { mptcp } from "@/lib/mptcp";
import type { Connection } from "@/lib/mptcp/connection";
import { ConnectionServer } from "@/lib/mptcp/connection-server";
import type { EngineStats, Listener } from "@/lib/mptcp/face";
import { classifyAccess } from "@/lib/policy";
import type { Refusal } from "@/lib/protocols/accept-request";
import { CachingResolver } from "@/lib/shared/caching-resolver";
import { errorMessage } from "@/lib/shared/errors";
import { EventLoopDelay } from "@/lib/shared/event-loop-delay";
import type { Log } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import { version } from "@/lib/shared/version";
import { openSteeringTools } from "@/lib/steering/steering-tools";
import { addressSet } from "./address-set";
import { allowFastOpen } from "./allow-fast-open";
import { Authenticator } from "./authenticator";
import { ClientFront } from "./client-front";
import { DatagramRelay } from "./datagrams/datagram-relay";
import { HandshakeCaps } from "./handshake-caps";
import { IdleMemory } from "./idle-memory";
import { Listening } from "./listening";
import { MetricsServer } from "./metrics-server";
import type { NodeCredential } from "./node-credential";
import { nodeMetrics } from "./node-metrics";
import { NodeOrders } from "./node-orders";
import { nodeStatus, ownAddresses, whyNotReady } from "./node-status";
import { PolicyAcks } from "./policy-acks";
import { PolicyStore } from "./policy-store";
import { PortalClient } from "./portal-client";
import { ProxySteering } from "./proxy-steering";
import { RateCaps } from "./rate-caps";
import { drainedRefusal, movedRefusal, Retirement } from "./retirement";
import { RuleHits } from "./rule-hits";
import { serveConnection } from "./serve-connection";
import type { AccessOf } from "./session";
import { SessionGovernor } from "./session-governor";
import { SessionTable } from "./session-table";
import { engineBounds, settingsInForce } from "./settings-in-force";
import { TelemetrySpool } from "./spool/telemetry-spool";
import { serveControl, takeOver } from "./takeover";
import { TelemetryReporter } from "./telemetry-reporter";
import type { CertificateFiles } from "./tls/certificate";
import { TlsFront } from "./tls/tls-front";

export type ProxyNodeOptions = {
  portalUrl: string;
  credential: NodeCredential;
  listenAddress: string;
  port: number;
  /** Where policy, entitlements and orders are kept across restarts, and where the process before is found. */
  stateFolder: string;
  threads: number;
  /** Take TLS on the port as well, with this certificate; absent: without TLS. */
  tls?: CertificateFiles;
  /** Prefixes of balancers whose connections begin with a PROXY protocol header (version 1 or 2). */
  proxyHeaderFrom?: readonly string[];
  /** Prefixes of destinations that get such a header (version 2), with the client's address. */
  proxyHeaderTo?: readonly string[];
  /** SOCKS5 clients may have datagrams relayed (UDP ASSOCIATE); absent: they may not. */
  udpAssociate?: boolean;
  /** For tests. */
  udpIdleMs?: number;
  /** How long this process serves its sessions on once another one has taken over (an hour). */
  drainDeadlineSeconds?: number;
  /** Where Prometheus finds this process's metrics; absent: nowhere. */
  metrics?: { address: string; port: number };
  /** Take the port over from the process that serves with this folder, where there is one. */
  isTakeover?: boolean;
  /** Have a successor started that takes over; rejects with the reason where that failed. */
  restart: () => Promise<void>;
  log: Log;
};

export type ProxyNode = {
  readonly listener: Listener;
  /** Resolves once the policy stream is open and a policy is in force; after a takeover it has resolved. */
  ready: Promise<void>;
  /** Resolves when another process has taken over and the last session here has ended. */
  retired: Promise<void>;
  stop(): Promise<void>;
};

const defaultLimits = { maxConnections: 20_000, handshakeTimeoutSeconds: 10, idleTimeoutSeconds: 3600 };
const defaultDrainDeadlineSeconds = 3600;
/** A successor takes over with the policy that was kept where the portal does not answer for so long. */
const portalWaitMs = 5000;
/** Its kind (RFC 8684 §2). */
const mptcpOption = 30;

/**
 * Start a proxy node (MP): listener, relay engine, policy stream and telemetry.
 * Errors: NativeError of the listener; those of `takeOver`.
 */
export async function startProxyNode(options: ProxyNodeOptions): Promise<ProxyNode> {
  const { log, stateFolder } = options;
  const startedAt = new Date().toISOString();
  const takeover = options.isTakeover === true ? await takeOver(stateFolder) : null;
  const portal = new PortalClient(options.portalUrl, options.credential);
  const sessions = new SessionTable();
  const retirement = new Retirement();
  const ruleHits = new RuleHits();
  const acks = new PolicyAcks({ deliver: (ack) => portal.acknowledge(ack), log });
  const policy = new PolicyStore({
    stateFile: join(stateFolder, "policy.json"),
    fetchEntitlement: (deviceId) => portal.entitlement(deviceId),
    ownAddresses,
    onAck: (ack) => acks.add(ack),
    onPolicy: () => governor.policyChanged(),
    onRevoked: (deviceIds) => governor.entitlementsChanged(deviceIds),
    log,
  });
  const orders = new NodeOrders({
    stateFile: join(stateFolder, "orders.json"),
    applySettings,
    restart: options.restart,
    changeCredential: async () => options.credential.replace((await portal.newCredential()).credential),
    log,
  });
  const governor = new SessionGovernor({
    policy,
    sessions,
    onClass: (session, serviceClass) => {
      caps.govern(session, serviceClass);
      steering.govern(session, serviceClass);
    },
    log,
  });
  await Promise.all([policy.load(), orders.load()]);
  const commandLine: NodeSettingsInForce = {
    ...defaultLimits,
    listenAddress: options.listenAddress,
    listenPort: options.port,
    threads: options.threads,
    drainDeadlineSeconds: options.drainDeadlineSeconds ?? defaultDrainDeadlineSeconds,
  };
  let settings = settingsInForce(orders.settings, commandLine);
  const authenticator = new Authenticator((deviceId) => policy.entitlementOf(deviceId));
  const support = mptcp.probe();
  const tcpExtensions = support.hasMptcp ? [mptcpOption] : [];
  const accessOf: AccessOf = (subscriberId, address) => {
    const current = policy.policyFor(subscriberId);
    return current === null ? "other" : classifyAccess(current, address);
  };
  const shared = {
    policy,
    authenticator,
    handshakes: new HandshakeCaps(() => settings.maxConnections),
    resolver: new CachingResolver(),
    governor,
    ruleHits,
    accessOf,
    refusalOf,
    isLeaving: (connection: Connection) => retirement.isOn || refusalOf(connection) !== null,
    tcpExtensions,
    log,
  };
  const server: ConnectionServer = new ConnectionServer(mptcp, {
    threads: settings.threads,
    ...engineBounds(settings),
    lastSides: ["client"],
    serve: (connection) => void serveConnection(connection, parts),
  });
  const { tls: files } = options;
  const { handshakeTimeoutMs } = engineBounds(settings);
  const tls = files === undefined ? null : await TlsFront.open({ server, files, handshakeTimeoutMs, log });
  const front = new ClientFront(tls, addressSet(options.proxyHeaderFrom ?? []));
  const idle = options.udpIdleMs === undefined ? {} : { idleMs: options.udpIdleMs };
  const datagrams = options.udpAssociate === true ? { datagrams: new DatagramRelay({ ...shared, ...idle }) } : {};
  const parts = { ...shared, ...datagrams, front, toldDestinations: addressSet(options.proxyHeaderTo ?? []) };
  const caps = new RateCaps(server);
  const steering = new ProxySteering(server, openSteeringTools(), log);
  if (!support.hasMptcp) log.warn({ reason: support.reason }, "serving plain TCP only");
  const listening = new Listening({
    server,
    hasMptcp: support.hasMptcp,
    // Not on MPTCP: what is written to a connection that was accepted before its handshake ended stays there (Linux 6.18).
    hasFastOpen: !support.hasMptcp && allowFastOpen(log),
    hasSessions: (listener) => sessions.sessions().some(({ connection }) => connection.listener === listener),
    log,
  });
  if (takeover === null) listenFirst();

  /** Where the ordered place is not to be had, at the command line's: the portal is told, and can order another one. */
  function listenFirst(): void {
    const { listenAddress: address, listenPort: port } = commandLine;
    try {
      listening.open({ address: settings.listenAddress, port: settings.listenPort });
    } catch (error) {
      if (settings.listenAddress === address && settings.listenPort === port) throw error;
      listening.open({ address, port });
      orders.applySettings();
    }
  }

  function applySettings(wanted: NodeSettings): void {
    settings = { ...settingsInForce(wanted, commandLine), threads: settings.threads };
    server.setBounds(engineBounds(settings));
    listening.move({ address: settings.listenAddress, port: settings.listenPort });
  }

  function refusalOf(connection: Connection): Refusal | null {
    if (listening.isEarlier(connection.listener)) return movedRefusal;
    return orders.isDraining && !retirement.isOn ? drainedRefusal : null;
  }

  const listener = (): Listener =>
    listening.listener ?? { id: 0, address: settings.listenAddress, port: settings.listenPort, mptcp: false };
  const spool = await TelemetrySpool.open({ folder: join(stateFolder, "spool"), log });
  const source = { startedAt, support, policy, sessions, authenticator, steering, orders, retirement, spool };
  const stats = (): EngineStats => {
    const all = server.stats();
    return { ...all, accepted: all.accepted - (tls?.acceptedTotal ?? 0) };
  };
  const status = (): NodeStatus => nodeStatus({ ...source, stats, listen: listener, settings: () => settings });
  const memory = new IdleMemory(() => server.stats());
  let isFollowing = false;
  let lookReady = (): void => {};
  const ready = new Promise<void>((resolve) => {
    lookReady = () => {
      if (isFollowing && policy.version > 0) resolve();
    };
  });
  const stopPolicy = portal.followPolicy({
    lastEventId: () => policy.lastEventId,
    onEvent: (event) => {
      if (event.type !== "order") policy.handle(event);
      else if (!retirement.isOn) orders.take(event.order);
      lookReady();
    },
    onUnreadable: (version, reason) => policy.refuse(version, reason),
    onState: (isConnected, reason) => {
      log.info({ isConnected, reason }, "policy stream");
      isFollowing = isConnected;
      if (isConnected) policy.streamBegan();
      lookReady();
    },
  });
  if (takeover !== null) {
    await Promise.race([ready, sleep(portalWaitMs)]);
    listening.adopt(takeover.box, takeover.isMptcp);
    orders.applySettings();
  }
  const { address, port, mptcp: isMptcp } = listener();
  log.info({ address, port, mptcp: isMptcp, version, isTakeover: takeover !== null }, "proxy listens");
  const reporter = new TelemetryReporter({
    spool,
    sessions,
    ruleHits,
    sample: async () => {
      const withEvents = sessions.idsWithEvents();
      const [moved, others] = await Promise.all([
        server.sampleMoved(["client"]),
        withEvents.length > 0 ? server.sample(["client"], withEvents) : [],
      ]);
      return [...moved, ...others];
    },
    status,
    deliver: (batch) => portal.report(batch),
    log,
    succeeds: takeover?.epoch ?? null,
  });

  const delay = new EventLoopDelay();
  const read = (): string => nodeMetrics(status(), sessions.totals(), delay.takeSeconds());
  const unreadiness = (): string | null => whyNotReady(status());
  const metrics =
    options.metrics === undefined ? null : new MetricsServer({ ...options.metrics, read, unreadiness, log });
  let becomeRetired = (): void => {};
  const retired = new Promise<void>((resolve) => {
    becomeRetired = resolve;
  });
  const retire = (): void => {
    if (retirement.isOn) return;
    listening.leave();
    metrics?.close();
    policy.handOver();
    orders.handOver();
    void acks.stop();
    void control?.close(true);
    log.info({ sessions: sessions.sessions().length, ...settings }, "another process has taken over: draining");
    void retirement
      .begin(settings.drainDeadlineSeconds, () => server.stats().connections)
      .then(async () => {
        for (const session of sessions.sessions()) session.endBy("node-drained");
        // Who asked for the reload hears of it before this process ends.
        await control?.answered();
        becomeRetired();
      });
  };
  const control = await serveControl(
    stateFolder,
    {
      give: async (boxPath) => {
        await Promise.all([policy.save(), orders.save()]);
        return { epoch: reporter.epoch, ...listening.give(boxPath) };
      },
      retire,
      reload: options.restart,
    },
    log,
  );
  if (takeover !== null) {
    await takeover.serving().catch((error: unknown) => log.warn({ reason: errorMessage(error) }, "took over alone"));
    takeover.close();
  }
  return {
    get listener() {
      return listener();
    },
    ready: takeover === null ? ready : Promise.resolve(),
    retired,
    stop: async () => {
      listening.close();
      metrics?.close();
      governor.stop();
      memory.stop();
      await Promise.all([stopPolicy(), acks.stop(), control?.close(retirement.isOn)]);
      await server.stop();
      tls?.stop();
      await steering.stop(retirement.isOn);
      await Promise.all([policy.save(), orders.save(), reporter.stop()]);
    },
  };
}
