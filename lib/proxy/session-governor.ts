import type { Entitlement, ServiceClass } from "@/lib/contracts/policy";
import { decideAddress, decideHost } from "@/lib/policy";
import type { Log } from "@/lib/shared/log";
import type { PolicyStore } from "./policy-store";
import type { NodePolicy } from "./policy-versions";
import type { PolicyEnd, Session } from "./session";
import type { SessionTable } from "./session-table";

/** Entitlements asked for at once when all running sessions are checked: the portal has many nodes to answer. */
const concurrency = 4;
/** A check that the portal did not answer is made again after this long. */
const retryMs = 5000;
/** How often running sessions are looked through for entitlements that have expired. */
const expiryEveryMs = 60_000;

export type GovernorOptions = {
  policy: PolicyStore;
  sessions: SessionTable;
  /** The class settings of this session, from now on; null where its class is unknown. */
  onClass: (session: Session, serviceClass: ServiceClass | null) => void;
  log: Log;
  expiryEveryMs?: number;
};

/**
 * Keeps running sessions under the policy and the entitlements in force: a change of class or policy takes effect at
 * once, and what is no longer allowed ends with a reason.
 */
export class SessionGovernor {
  /** Devices to check, in order. */
  private readonly waiting = new Set<string>();
  private readonly unanswered = new Set<string>();
  private checking = 0;
  private retry: NodeJS.Timeout | null = null;
  private readonly expiry: NodeJS.Timeout;
  private isStopped = false;

  constructor(private readonly options: GovernorOptions) {
    this.expiry = setInterval(() => this.checkExpired(), options.expiryEveryMs ?? expiryEveryMs).unref();
  }

  /**
   * Follow a new session from now on, as its entitlement and the policy are at this moment.
   *
   * @param decidedBy the policy that let it pass: where that is still in force nothing is decided again
   */
  begin(session: Session, decidedBy: NodePolicy | null = null): void {
    const { policy, sessions } = this.options;
    sessions.add(session);
    const { deviceId, subscriberId, state } = session.entitlement;
    const isDecided = decidedBy !== null && state === "active" && policy.policyFor(subscriberId) === decidedBy;
    if (isDecided) this.giveClass(session, decidedBy);
    else this.apply(session, session.entitlement);
    if (!policy.isCurrent(session.entitlement)) this.check([deviceId]);
  }

  /** The session's destination was dialled: the policy may have changed meanwhile. */
  connected(session: Session): void {
    this.apply(session, session.entitlement);
  }

  /** Another policy is in force. */
  policyChanged(): void {
    for (const session of this.options.sessions.sessions()) this.apply(session, session.entitlement);
  }

  /** What these devices may do (null: all) may have changed; named ones are asked for first. */
  entitlementsChanged(deviceIds: readonly string[] | null): void {
    const { sessions } = this.options;
    if (deviceIds === null) {
      this.check(sessions.devices());
      return;
    }
    const others = [...this.waiting];
    this.waiting.clear();
    this.check([...deviceIds.filter((deviceId) => sessions.ofDevice(deviceId).length > 0), ...others]);
  }

  stop(): void {
    this.isStopped = true;
    this.waiting.clear();
    clearInterval(this.expiry);
    if (this.retry !== null) clearTimeout(this.retry);
  }

  private checkExpired(): void {
    const now = Date.now();
    const expired = this.options.sessions
      .sessions()
      .filter(({ entitlement }) => Date.parse(entitlement.expiresAt) <= now)
      .map(({ entitlement }) => entitlement.deviceId);
    this.check(expired);
  }

  private check(deviceIds: readonly string[]): void {
    for (const deviceId of deviceIds) this.waiting.add(deviceId);
    while (this.checking < concurrency && this.waiting.size > 0 && !this.isStopped) {
      this.checking += 1;
      void this.work().finally(() => {
        this.checking -= 1;
      });
    }
  }

  private async work(): Promise<void> {
    for (let [deviceId] = this.waiting; deviceId !== undefined; [deviceId] = this.waiting) {
      this.waiting.delete(deviceId);
      await this.checkDevice(deviceId);
    }
  }

  private async checkDevice(deviceId: string): Promise<void> {
    const { policy, sessions } = this.options;
    const entitlement = await policy.entitlementOf(deviceId);
    const isConfirmed = policy.isConfirmed(deviceId);
    // A portal that did not answer says nothing of the device: its sessions go on until it does.
    if (entitlement !== null || isConfirmed)
      for (const session of sessions.ofDevice(deviceId)) this.apply(session, entitlement);
    if (!isConfirmed) this.checkLater(deviceId);
  }

  private checkLater(deviceId: string): void {
    this.unanswered.add(deviceId);
    this.retry ??= setTimeout(() => {
      this.retry = null;
      const again = [...this.unanswered];
      this.unanswered.clear();
      this.entitlementsChanged(again);
    }, retryMs).unref();
  }

  private apply(session: Session, entitlement: Entitlement | null): void {
    if (entitlement === null) this.end(session, "revoked");
    else if (entitlement.state === "suspended") this.end(session, "suspended");
    else this.applyPolicy(session, entitlement);
  }

  private applyPolicy(session: Session, entitlement: Entitlement): void {
    const policy = this.options.policy.policyFor(entitlement.subscriberId);
    if (policy === null) return;
    const { host, port, address } = session.destination;
    const extraIds = new Set(entitlement.extraWhiteListIds);
    const decision =
      address === null
        ? decideHost(policy, { host, port }, extraIds)
        : decideAddress(policy, { host, port, address }, extraIds);
    if (decision.kind === "refused" && !session.isDecidedByDatagram) {
      this.end(session, "no-longer-allowed");
      return;
    }
    const whiteListId = decision.kind === "allowed" ? decision.whiteListId : session.whiteListId;
    session.govern({ entitlement, policyVersion: policy.version, whiteListId });
    this.giveClass(session, policy);
  }

  private giveClass(session: Session, policy: NodePolicy): void {
    this.options.onClass(session, policy.serviceClasses.get(session.entitlement.serviceClassId) ?? null);
  }

  private end(session: Session, reason: PolicyEnd): void {
    this.options.log.info({ session: session.connection.id, reason }, "session ended by policy");
    session.endBy(reason);
  }
}
