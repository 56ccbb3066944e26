import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { NodeStatus } from "@/lib/contracts/telemetry";
import { mptcp } from "@/lib/mptcp";
import { ConnectionServer } from "@/lib/mptcp/connection-server";
import type { Listener } from "@/lib/mptcp/face";
import { CachingResolver } from "@/lib/shared/caching-resolver";
import type { Log } from "@/lib/shared/log";
import { version } from "@/lib/shared/version";
import { Authenticator } from "./authenticator";
import { PolicyStore } from "./policy-store";
import { PortalClient } from "./portal-client";
import { serveConnection } from "./serve-connection";
import { SessionTable } from "./session-table";
import { TelemetryReporter } from "./telemetry-reporter";

export type ProxyNodeOptions = {
  portalUrl: string;
  /** `<node id>.<secret>` */
  credential: string;
  listenAddress: string;
  port: number;
  /** Where policy and entitlements are kept across restarts. */
  stateFolder: string;
  threads: number;
  log: Log;
};

export type ProxyNode = { listener: Listener; stop(): Promise<void> };

const handshakeTimeoutMs = 10_000;
const idleTimeoutMs = 3_600_000;
const maxConnections = 20_000;

/** Start a proxy node (MP): listener, relay engine, policy stream and telemetry. Errors: NativeError of the listener. */
export async function startProxyNode(options: ProxyNodeOptions): Promise<ProxyNode> {
  const { log } = options;
  const startedAt = new Date().toISOString();
  const portal = new PortalClient(options.portalUrl, options.credential);
  const sessions = new SessionTable();
  const closeRevoked = (deviceIds: string[] | null): void => {
    for (const session of sessions.sessions())
      if (deviceIds === null || deviceIds.includes(session.entitlement.deviceId)) void recheck(session);
  };
  const policy = new PolicyStore({
    stateFile: join(options.stateFolder, "policy.json"),
    fetchEntitlement: (deviceId) => portal.entitlement(deviceId),
    ownAddresses,
    onRevoked: closeRevoked,
    log,
  });
  const recheck = async (session: ReturnType<SessionTable["sessions"]>[number]): Promise<void> => {
    const entitlement = await policy.entitlementOf(session.entitlement.deviceId);
    if (entitlement?.state !== "active") session.connection.close("reset");
  };
  await policy.load();
  const authenticator = new Authenticator((deviceId) => policy.entitlementOf(deviceId));
  const parts = { policy, authenticator, resolver: new CachingResolver(), sessions, log };
  const server = new ConnectionServer(mptcp, {
    threads: options.threads,
    handshakeTimeoutMs,
    idleTimeoutMs,
    maxConnections,
    serve: (connection) => void serveConnection(connection, parts),
  });
  const support = mptcp.probe();
  if (!support.hasMptcp) log.warn({ reason: support.reason }, "serving plain TCP only");
  const listener = server.listen({ address: options.listenAddress, port: options.port, mptcp: support.hasMptcp });
  log.info({ address: listener.address, port: listener.port, mptcp: listener.mptcp, version }, "proxy listens");

  const status = (): NodeStatus => {
    const stats = server.stats();
    const reports = sessions.sessions();
    return {
      version,
      policyVersion: policy.version,
      listen: { address: listener.address, port: listener.port },
      hasMptcp: support.hasMptcp,
      mptcpReason: support.reason,
      sessions: reports.length,
      mptcpSessions: reports.filter((session) => session.isMptcp).length,
      acceptedTotal: stats.accepted,
      refusedTotal: stats.refused,
      authFailuresTotal: authenticator.failuresTotal,
      startedAt,
    };
  };
  const stopPolicy = portal.followPolicy(
    (event) => policy.handle(event),
    (isConnected, reason) => {
      log.info({ isConnected, reason }, "policy stream");
      if (isConnected) policy.streamBegan();
    },
  );
  const reporter = new TelemetryReporter({
    sessions,
    sample: () => server.sample(["client"]),
    status,
    deliver: (batch) => portal.report(batch),
    log,
  });
  return {
    listener,
    stop: async () => {
      server.closeListener(listener.id);
      await stopPolicy();
      await server.stop();
      await Promise.all([policy.save(), reporter.stop()]);
    },
  };
}

/** This machine's addresses: never a destination of a relayed session. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map((entry) => entry.address));
}
