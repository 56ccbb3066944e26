import type { ServiceClass } from "@/lib/contracts/policy";
import type { ConnectionServer } from "@/lib/mptcp/connection-server";
import type { RateLimitId } from "@/lib/mptcp/face";
import { bytesPerSecondOfKbps } from "@/lib/shared/units";
import type { Session } from "./session";

/** A subscriber's running sessions on this node, and the cap that they share. */
type CapGroup = { sessions: Set<Session>; totalRateKbps: number | null; limit: RateLimitId | null };

/**
 * The total rate cap per subscriber across its sessions on this node, in payload bytes: for each direction by itself, in
 * the relay engine. The LTE cap is held by steering.
 */
export class RateCaps {
  private readonly groups = new Map<string, CapGroup>();
  private lastLimit = 0;

  constructor(private readonly server: Pick<ConnectionServer, "setRateLimit" | "dropRateLimit">) {}

  /** From now on the session and its subscriber's others have this cap; null: none. Takes effect at once. */
  govern(session: Session, serviceClass: ServiceClass | null): void {
    const { subscriberId } = session.entitlement;
    const known = this.groups.get(subscriberId);
    if (known === undefined && (serviceClass?.totalRateKbps ?? null) === null) return;
    const group = known ?? { sessions: new Set<Session>(), totalRateKbps: null, limit: null };
    if (known === undefined) this.groups.set(subscriberId, group);
    if (!group.sessions.has(session)) this.join(session, subscriberId, group);
    const totalRateKbps = serviceClass?.totalRateKbps ?? null;
    if (group.totalRateKbps === totalRateKbps) return;
    group.totalRateKbps = totalRateKbps;
    this.setTotal(group, totalRateKbps);
  }

  private join(session: Session, subscriberId: string, group: CapGroup): void {
    group.sessions.add(session);
    if (group.limit !== null) session.connection.limit(group.limit);
    session.connection.onClosed(() => {
      group.sessions.delete(session);
      if (group.sessions.size > 0 || this.groups.get(subscriberId) !== group) return;
      this.groups.delete(subscriberId);
      this.setTotal(group, null);
    });
  }

  private setTotal(group: CapGroup, rateKbps: number | null): void {
    if (rateKbps === null) {
      if (group.limit !== null) this.server.dropRateLimit(group.limit);
      group.limit = null;
      return;
    }
    const rate = bytesPerSecondOfKbps(rateKbps);
    const limit = group.limit ?? this.newLimit();
    this.server.setRateLimit(limit, { uploadBytesPerSecond: rate, downloadBytesPerSecond: rate });
    if (group.limit !== null) return;
    group.limit = limit;
    for (const session of group.sessions) session.connection.limit(limit);
  }

  private newLimit(): RateLimitId {
    this.lastLimit += 1;
    return this.lastLimit;
  }
}
