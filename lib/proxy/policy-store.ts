import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import {
  type Entitlement,
  entitlementSchema,
  type PolicyEvent,
  type PolicySnapshot,
  policySnapshotSchema,
} from "@/lib/contracts/policy";
import { type CompiledPolicy, compilePolicy } from "@/lib/policy";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";

const stateSchema = z.object({ snapshot: policySnapshotSchema.nullable(), entitlements: z.array(entitlementSchema) });
const unknownDeviceMs = 2000;
/** A portal that did not answer is not waited for again so soon, where something is known of the device. */
const awayMs = 5000;
const maxEntitlements = 100_000;
const saveDelayMs = 500;

export type PolicyStoreOptions = {
  /** Kept across restarts, so that the node serves known devices while the portal is away. */
  stateFile: string;
  fetchEntitlement: (deviceId: string) => Promise<Entitlement | null>;
  /** This node's own numeric addresses, never a destination. */
  ownAddresses: () => string[];
  /** Running sessions of these devices (null: of all) must be checked anew. */
  onRevoked: (deviceIds: string[] | null) => void;
  log: Log;
};

/** What this node knows of the policy and of the devices that came by. */
export class PolicyStore {
  private snapshot: PolicySnapshot | null = null;
  private compiled: CompiledPolicy | null = null;
  private readonly entitlements = new Map<string, Entitlement>();
  /** Devices whose entitlement was fetched since the stream last began; of the others a revocation may be missed. */
  private readonly confirmed = new Set<string>();
  private readonly unknownUntil = new Map<string, number>();
  private readonly fetching = new Map<string, Promise<Entitlement | null>>();
  private revocations = 0;
  private awayUntil = 0;
  private saving: NodeJS.Timeout | null = null;
  private saved: Promise<void> = Promise.resolve();

  constructor(private readonly options: PolicyStoreOptions) {}

  /** Null until the first snapshot arrived: then nothing is allowed. */
  get policy(): CompiledPolicy | null {
    return this.compiled;
  }

  get version(): number {
    return this.snapshot?.version ?? 0;
  }

  /** Take what the last run kept; a missing or unreadable file is an empty start. */
  async load(): Promise<void> {
    try {
      const kept = stateSchema.parse(JSON.parse(await readFile(this.options.stateFile, "utf8")));
      if (kept.snapshot !== null) this.use(kept.snapshot);
      for (const entitlement of kept.entitlements) this.entitlements.set(entitlement.deviceId, entitlement);
    } catch (error) {
      this.options.log.debug({ reason: errorMessage(error) }, "no kept policy");
    }
  }

  /** The policy stream begins, perhaps after a gap: what is known of devices is asked for again at their next use. */
  streamBegan(): void {
    this.confirmed.clear();
    this.unknownUntil.clear();
    this.awayUntil = 0;
  }

  /** Take an event of the policy stream. A snapshot that cannot be compiled leaves the one before in force. */
  handle(event: PolicyEvent): void {
    if (event.type === "snapshot") this.tryUse(event.snapshot);
    else if (event.type === "revoke") {
      this.revocations += 1;
      for (const deviceId of event.deviceIds ?? [...this.entitlements.keys()]) this.entitlements.delete(deviceId);
      this.unknownUntil.clear();
      this.options.onRevoked(event.deviceIds);
      this.saveSoon();
    }
  }

  /** Null: no such device. While the portal is away an expired or unconfirmed entitlement stays in force. */
  async entitlementOf(deviceId: string): Promise<Entitlement | null> {
    const known = this.entitlements.get(deviceId);
    const now = Date.now();
    const isConfirmed = this.confirmed.has(deviceId);
    if (known !== undefined && isConfirmed && Date.parse(known.expiresAt) > now) return known;
    if (known !== undefined && this.awayUntil > now) return known;
    if ((this.unknownUntil.get(deviceId) ?? 0) > now) return null;
    return this.fetching.get(deviceId) ?? this.fetch(deviceId);
  }

  save(): Promise<void> {
    if (this.saving !== null) clearTimeout(this.saving);
    this.saving = null;
    this.saved = this.saved.catch(() => {}).then(() => this.write());
    return this.saved;
  }

  private fetch(deviceId: string): Promise<Entitlement | null> {
    const fetching = this.fetchUnrevoked(deviceId).finally(() => this.fetching.delete(deviceId));
    this.fetching.set(deviceId, fetching);
    return fetching;
  }

  /** An answer that a revocation overtook may be from before it: it is asked for again. */
  private async fetchUnrevoked(deviceId: string): Promise<Entitlement | null> {
    for (;;) {
      const { revocations } = this;
      try {
        const fetched = await this.options.fetchEntitlement(deviceId);
        if (revocations !== this.revocations) continue;
        this.remember(deviceId, fetched);
        return fetched;
      } catch (error) {
        this.options.log.warn({ reason: errorMessage(error) }, "entitlement not fetched");
        this.awayUntil = Date.now() + awayMs;
        return this.entitlements.get(deviceId) ?? null;
      }
    }
  }

  private async write(): Promise<void> {
    const { stateFile } = this.options;
    const state = { snapshot: this.snapshot, entitlements: [...this.entitlements.values()] };
    await mkdir(dirname(stateFile), { recursive: true });
    await writeFile(`${stateFile}.new`, JSON.stringify(state), { mode: 0o600 });
    await rename(`${stateFile}.new`, stateFile);
  }

  private tryUse(snapshot: PolicySnapshot): void {
    const { log } = this.options;
    const { version } = snapshot;
    try {
      this.use(snapshot);
      log.info({ version }, "policy in force");
      this.saveSoon();
    } catch (error) {
      log.error({ version, reason: errorMessage(error) }, "policy unfit: the one before stays in force");
    }
  }

  private use(snapshot: PolicySnapshot): void {
    this.compiled = compilePolicy(snapshot, this.options.ownAddresses());
    this.snapshot = snapshot;
  }

  private remember(deviceId: string, entitlement: Entitlement | null): void {
    if (this.entitlements.size >= maxEntitlements) this.entitlements.clear();
    if (this.confirmed.size >= maxEntitlements) this.confirmed.clear();
    if (this.unknownUntil.size >= maxEntitlements) this.unknownUntil.clear();
    if (entitlement === null) {
      this.entitlements.delete(deviceId);
      this.unknownUntil.set(deviceId, Date.now() + unknownDeviceMs);
    } else {
      this.entitlements.set(deviceId, entitlement);
      this.confirmed.add(deviceId);
    }
    this.saveSoon();
  }

  private saveSoon(): void {
    if (this.saving !== null) return;
    this.saving = setTimeout(() => {
      this.save().catch((error) => this.options.log.warn({ reason: errorMessage(error) }, "policy not kept on disk"));
    }, saveDelayMs);
    this.saving.unref();
  }
}
