import { networkInterfaces, release } from "node:os";
import type { NodeSettingsInForce } from "@/lib/contracts/nodes";
import type { NodeStatus } from "@/lib/contracts/telemetry";
import type { EngineStats, MptcpSupport, SocketAddress } from "@/lib/mptcp/face";
import { version } from "@/lib/shared/version";
import type { Authenticator } from "./authenticator";
import type { NodeOrders } from "./node-orders";
import type { PolicyStore } from "./policy-store";
import type { ProxySteering } from "./proxy-steering";
import type { Retirement } from "./retirement";
import type { SessionTable } from "./session-table";
import type { TelemetrySpool } from "./spool/telemetry-spool";

export type StatusSource = {
  startedAt: string;
  support: MptcpSupport;
  policy: PolicyStore;
  sessions: SessionTable;
  authenticator: Authenticator;
  steering: ProxySteering;
  orders: NodeOrders;
  retirement: Retirement;
  spool: TelemetrySpool;
  stats: () => EngineStats;
  listen: () => SocketAddress;
  settings: () => NodeSettingsInForce;
};

/** What telemetry says of the node as a whole. */
export function nodeStatus(source: StatusSource): NodeStatus {
  const { policy, support, steering, orders, retirement, startedAt } = source;
  const { accepted, refused } = source.stats();
  const running = source.sessions.sessions();
  const { address, port } = source.listen();
  return {
    version,
    policyVersion: policy.kept.version,
    canaryVersion: policy.kept.canaryVersion,
    listen: { address, port },
    hasMptcp: support.hasMptcp,
    mptcpReason: support.reason,
    pacingReason: steering.reason,
    sessions: running.length,
    mptcpSessions: running.filter((session) => session.isMptcp).length,
    acceptedTotal: accepted,
    refusedTotal: refused,
    authFailuresTotal: source.authenticator.failuresTotal,
    startedAt,
    state: retirement.isOn ? "retiring" : orders.isDraining ? "draining" : "serving",
    endsBy: retirement.endsBy,
    order: orders.state,
    settings: { ...source.settings(), listenAddress: address, listenPort: port },
    steeringReason: steering.pathReason,
    kernel: release(),
    spool: { sizeBytes: source.spool.sizeBytes, droppedBatches: source.spool.droppedBatches },
  };
}

/** Why no new session should be sent to the node; null: they may come. */
export function whyNotReady({ state, policyVersion }: Pick<NodeStatus, "state" | "policyVersion">): string | null {
  if (policyVersion === 0) return "no policy yet: the portal has not been reached since this node was made";
  return state === "serving" ? null : `the node is ${state}`;
}

/** This machine's addresses: never a destination of a relayed session. */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map((entry) => entry.address));
}
