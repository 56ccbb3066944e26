import { readFile } from "node:fs/promises";
import * as z from "zod";
import { type Entitlement, entitlementSchema, type PolicyAck, type PolicyEvent } from "@/lib/contracts/policy";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { StateFile } from "@/lib/shared/state-file";
import { Entitlements } from "./entitlements";
import { keptPolicySchema, type NodePolicy, PolicyVersions } from "./policy-versions";

const stateSchema = keptPolicySchema.extend({ entitlements: z.array(entitlementSchema) });

export type PolicyStoreOptions = {
  /** Kept across restarts, so that the node serves known devices while the portal is away. */
  stateFile: string;
  fetchEntitlement: (deviceId: string) => Promise<Entitlement | null>;
  /** This node's own numeric addresses, never a destination. */
  ownAddresses: () => string[];
  /** A version was taken, or refused as unfit. */
  onAck: (ack: PolicyAck) => void;
  /** Another policy is in force, for some subscribers or all. */
  onPolicy: () => void;
  /** Running sessions of these devices (null: of all) must be checked anew. */
  onRevoked: (deviceIds: string[] | null) => void;
  log: Log;
};

type VersionsInForce = { version: number; canaryVersion: number | null };

/** What this node knows of the policy and of the devices that came by. */
export class PolicyStore {
  private readonly versions: PolicyVersions;
  private readonly entitlements: Entitlements;
  private readonly file: StateFile;
  /** Of what the file has: a node that is killed begins with this again, so that no more is told of. */
  private keptVersions: VersionsInForce = { version: 0, canaryVersion: null };
  private keeping: Promise<void> | null = null;

  constructor(private readonly options: PolicyStoreOptions) {
    const { stateFile, fetchEntitlement, log } = options;
    const state = (): unknown => ({ ...this.versions.kept(), entitlements: this.entitlements.kept() });
    this.file = new StateFile(stateFile, state, log);
    this.versions = new PolicyVersions({ ...options, onAck: (ack) => this.tell(ack) });
    this.entitlements = new Entitlements({ fetchEntitlement, onChange: () => this.file.saveSoon(), log });
  }

  /** The main policy; null until the first snapshot arrived: then nothing is allowed. */
  get policy(): NodePolicy | null {
    return this.versions.policy;
  }

  /** The policy that governs this subscriber. */
  policyFor(subscriberId: string): NodePolicy | null {
    return this.versions.policyFor(subscriberId);
  }

  get version(): number {
    return this.versions.version;
  }

  /** Versions in force that outlive this process: the portal is told of these. */
  get kept(): VersionsInForce {
    return this.keptVersions;
  }

  /** Where the policy stream is to go on; null for a whole policy. */
  get lastEventId(): string | null {
    return this.versions.lastEventId;
  }

  /** Take what the last run kept; a missing or unreadable file is an empty start. */
  async load(): Promise<void> {
    try {
      const { entitlements, ...policy } = stateSchema.parse(JSON.parse(await readFile(this.options.stateFile, "utf8")));
      this.versions.restore(policy);
      this.entitlements.restore(entitlements);
      this.keptVersions = this.inForce();
    } catch (error) {
      this.options.log.debug({ reason: errorMessage(error) }, "no kept policy");
    }
  }

  /**
   * The policy stream begins, perhaps after a gap in which a revocation was missed: every device is asked for again at
   * its next use, and those of running sessions now.
   */
  streamBegan(): void {
    this.versions.acknowledge();
    this.entitlements.doubt();
    this.options.onRevoked(null);
  }

  /**
   * Take an event of the policy stream. A snapshot that cannot be compiled leaves the one before in force.
   * Errors: AppError POLICY_DELTA_MISMATCH: connect anew with `lastEventId`.
   */
  handle(event: PolicyEvent): void {
    if (event.type === "revoke") this.revoke(event.deviceIds);
    else if (this.versions.handle(event)) {
      void this.keep();
      this.options.onPolicy();
    }
  }

  /** Tell the portal that this node cannot read what it sent. */
  refuse(version: number | null, reason: string): void {
    this.versions.refuse(version, reason);
  }

  /** See Entitlements.of. */
  entitlementOf(deviceId: string): Entitlement | null | Promise<Entitlement | null> {
    return this.entitlements.of(deviceId);
  }

  /** Whether this is what the portal said last of its device, and nothing revoked it since. */
  isCurrent(entitlement: Entitlement): boolean {
    return this.entitlements.isCurrent(entitlement);
  }

  /** Whether the portal said what is known of the device since the stream began and nothing revoked it. */
  isConfirmed(deviceId: string): boolean {
    return this.entitlements.isConfirmed(deviceId);
  }

  save(): Promise<void> {
    return this.file.save();
  }

  /** Another process keeps policy and entitlements from here on. */
  handOver(): void {
    this.file.stop();
  }

  private inForce(): VersionsInForce {
    const { version, canaryVersion } = this.versions;
    return { version, canaryVersion };
  }

  /** What is in force at the end of this turn. */
  private keep(): Promise<void> {
    this.keeping ??= Promise.resolve().then(async () => {
      this.keeping = null;
      const inForce = this.inForce();
      await this.file.save();
      this.keptVersions = inForce;
    });
    return this.keeping;
  }

  /** Once a restart cannot lose the version. */
  private tell(ack: PolicyAck): void {
    void this.keep().then(() => this.options.onAck(ack));
  }

  private revoke(deviceIds: string[] | null): void {
    if (deviceIds === null) this.entitlements.doubt();
    else this.entitlements.revoke(deviceIds);
    this.options.onRevoked(deviceIds);
    this.file.saveSoon();
  }
}
