import * as z from "zod";
import {
  type PolicyAck,
  type PolicyCanary,
  type PolicyDelta,
  type PolicyEvent,
  type PolicySnapshot,
  policyCanarySchema,
  policySnapshotSchema,
  type ServiceClass,
} from "@/lib/contracts/policy";
import { applyDelta, type CompiledPolicy, compilePolicy, isInCanary } from "@/lib/policy";
import { canonicalJson } from "@/lib/shared/canonical-json";
import { AppError, errorMessage } from "@/lib/shared/errors";
import { sha256Hex } from "@/lib/shared/ids";
import type { Log } from "@/lib/shared/log";

export type NodePolicy = CompiledPolicy<ServiceClass>;

type InForce = { snapshot: PolicySnapshot; compiled: NodePolicy };
type Trial = { canary: PolicyCanary; compiled: NodePolicy };

/** What is kept of the policy across restarts. */
export const keptPolicySchema = z.object({
  snapshot: policySnapshotSchema.nullable(),
  canary: policyCanarySchema.nullable().default(null),
});

export type PolicyVersionsOptions = {
  /** This node's own numeric addresses, never a destination. */
  ownAddresses: () => string[];
  /** A version was taken, or refused as unfit. */
  onAck: (ack: PolicyAck) => void;
  log: Log;
};

const maxReason = 500;

/** The policy in force on this node, and the one on trial for a part of the subscribers. */
export class PolicyVersions {
  private main: InForce | null = null;
  private trial: Trial | null = null;
  /** What the next delta starts from; may be one that is unfit. Null asks the portal for the whole policy. */
  private base: PolicySnapshot | null = null;

  constructor(private readonly options: PolicyVersionsOptions) {}

  /** Null until the first snapshot arrived: then nothing is allowed. */
  get policy(): NodePolicy | null {
    return this.main?.compiled ?? null;
  }

  /** The one that governs this subscriber: on trial where it was drawn, else the main one. */
  policyFor(subscriberId: string): NodePolicy | null {
    const { trial } = this;
    if (trial === null) return this.policy;
    const { version } = trial.compiled;
    return isInCanary({ subscriberId, version, percent: trial.canary.percent }) ? trial.compiled : this.policy;
  }

  get version(): number {
    return this.main?.compiled.version ?? 0;
  }

  get canaryVersion(): number | null {
    return this.trial?.compiled.version ?? null;
  }

  /** The version that the portal may go on from; null for the whole policy. */
  get lastEventId(): string | null {
    return this.base === null ? null : String(this.base.version);
  }

  /**
   * Take an event of the policy stream.
   *
   * @returns whether another policy is in force now
   * Errors: AppError POLICY_DELTA_MISMATCH; the next connection asks for the whole policy then.
   */
  handle(event: PolicyEvent): boolean {
    if (event.type === "snapshot") return this.takeMain(event.snapshot);
    if (event.type === "delta") return this.takeMain(this.applied(event.delta, event.sha256));
    return event.type === "canary" ? this.takeTrial(event.canary) : false;
  }

  /** Tell again which versions are in force: an acknowledgement may have been lost with the process. */
  acknowledge(): void {
    for (const version of [this.version, this.canaryVersion])
      if (version !== null && version > 0) this.options.onAck({ version, isApplied: true, reason: null });
  }

  /** A version (null: none, or one that it does not name) came that cannot be read: the one before stays in force. */
  refuse(version: number | null, reason: string): void {
    this.options.log.error({ version, reason }, "the portal sent what this node cannot read: bring it to its version");
    if (version !== null) this.options.onAck({ version, isApplied: false, reason: reason.slice(0, maxReason) });
  }

  kept(): z.infer<typeof keptPolicySchema> {
    return { snapshot: this.main?.snapshot ?? null, canary: this.trial?.canary ?? null };
  }

  /** Errors: those of `compilePolicy`. */
  restore({ snapshot, canary }: z.infer<typeof keptPolicySchema>): void {
    if (snapshot === null) return;
    this.main = { snapshot, compiled: this.compile(snapshot) };
    this.base = snapshot;
    this.trial = canary === null ? null : { canary, compiled: this.compile(canary.snapshot) };
  }

  private applied(delta: PolicyDelta, sha256: string): PolicySnapshot {
    const { base } = this;
    this.base = null;
    if (base === null) throw new AppError("POLICY_DELTA_MISMATCH", "A policy change came before any policy.");
    const snapshot = applyDelta(base, delta);
    if (sha256Hex(canonicalJson(snapshot)) !== sha256)
      throw new AppError("POLICY_DELTA_MISMATCH", `The change to version ${delta.version} gives another policy.`);
    return snapshot;
  }

  private takeMain(snapshot: PolicySnapshot): boolean {
    if (this.isOutdated(snapshot)) {
      const { version } = snapshot;
      this.options.log.warn({ version, inForce: this.version }, "older policy not taken: the portal is behind");
      return false;
    }
    this.base = snapshot;
    const compiled = this.tryCompile(snapshot);
    if (compiled === null) return false;
    this.main = { snapshot, compiled };
    if (this.trial !== null && this.trial.compiled.version <= compiled.version) this.trial = null;
    this.options.log.info({ version: snapshot.version }, "policy in force");
    this.options.onAck({ version: snapshot.version, isApplied: true, reason: null });
    return true;
  }

  /** Versions only grow; a smaller number that was published later comes from a portal that was set up anew. */
  private isOutdated({ version, publishedAt }: PolicySnapshot): boolean {
    const now = this.main?.snapshot;
    return now !== undefined && version < now.version && Date.parse(publishedAt) <= Date.parse(now.publishedAt);
  }

  private takeTrial(canary: PolicyCanary | null): boolean {
    const before = this.trial;
    if (canary === null || canary.snapshot.version <= this.version) {
      this.trial = null;
      return before !== null;
    }
    const compiled = this.tryCompile(canary.snapshot);
    this.trial = compiled === null ? null : { canary, compiled };
    if (compiled === null) return before !== null;
    const { version } = canary.snapshot;
    this.options.log.info({ version, percent: canary.percent }, "policy on trial");
    this.options.onAck({ version, isApplied: true, reason: null });
    return true;
  }

  private tryCompile(snapshot: PolicySnapshot): NodePolicy | null {
    const { log, onAck } = this.options;
    const { version } = snapshot;
    try {
      return this.compile(snapshot);
    } catch (error) {
      const reason = errorMessage(error);
      log.error({ version, reason }, "policy unfit: the one before stays in force");
      onAck({ version, isApplied: false, reason: reason.slice(0, maxReason) });
      return null;
    }
  }

  private compile(snapshot: PolicySnapshot): NodePolicy {
    return compilePolicy(snapshot, this.options.ownAddresses());
  }
}
