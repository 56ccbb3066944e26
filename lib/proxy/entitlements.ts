import type { Entitlement } from "@/lib/contracts/policy";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { isRefusedForGood } from "./portal-client";

const unknownDeviceMs = 2000;
/** A portal that did not answer is not waited for again so soon, where something is known of the device. */
const awayMs = 5000;
const maxEntitlements = 100_000;
/** What a device can be called. Anything else is nobody, and as part of an address could ask for something else. */
const deviceIdPattern = /^[\w-][\w.-]{0,63}$/;

export type EntitlementsOptions = {
  /** Null: no such device. Throws where the portal does not answer. */
  fetchEntitlement: (deviceId: string) => Promise<Entitlement | null>;
  /** Something to keep on disk changed. */
  onChange: () => void;
  log: Log;
};

type Fetching = { answer: Promise<Entitlement | null>; isOvertaken: boolean };

/** The one that was put in first goes where there are too many. */
function dropOldest(kept: Map<string, unknown> | Set<string>): void {
  const [oldest] = kept.keys();
  if (kept.size > maxEntitlements && oldest !== undefined) kept.delete(oldest);
}

/** What the devices that came by may do: fetched at first use, kept until they expire or are revoked. */
export class Entitlements {
  private readonly known = new Map<string, Entitlement>();
  /** Devices whose entitlement was fetched since the stream last began; of the others a revocation may be missed. */
  private readonly confirmed = new Set<string>();
  private readonly unknownUntil = new Map<string, number>();
  private readonly fetching = new Map<string, Fetching>();
  /** On the clock of `performance.now`, like those of `unknownUntil`. */
  private awayUntil = 0;

  constructor(private readonly options: EntitlementsOptions) {}

  /**
   * At once where it is known; null: no such device. While the portal is away an expired or unconfirmed entitlement stays
   * in force.
   */
  of(deviceId: string): Entitlement | null | Promise<Entitlement | null> {
    if (!deviceIdPattern.test(deviceId)) return null;
    const known = this.known.get(deviceId);
    if (known !== undefined && this.isConfirmed(deviceId) && Date.parse(known.expiresAt) > Date.now()) return known;
    if (known !== undefined && this.awayUntil > performance.now()) return known;
    if (this.isUnknown(deviceId)) return null;
    return this.fetching.get(deviceId)?.answer ?? this.fetch(deviceId);
  }

  /** Whether the portal said what is known of the device since the stream began and nothing revoked it. */
  isConfirmed(deviceId: string): boolean {
    return this.confirmed.has(deviceId) || this.isUnknown(deviceId);
  }

  /** Whether this is what the portal said last of its device, and nothing revoked it since. */
  isCurrent(entitlement: Entitlement): boolean {
    const { deviceId } = entitlement;
    return this.confirmed.has(deviceId) && this.known.get(deviceId) === entitlement;
  }

  /** Every device is to be asked for again at its next use; what is known counts while the portal is away. */
  doubt(): void {
    this.confirmed.clear();
    this.unknownUntil.clear();
    this.awayUntil = 0;
    for (const fetching of this.fetching.values()) fetching.isOvertaken = true;
  }

  /** These devices' entitlements are void. */
  revoke(deviceIds: readonly string[]): void {
    for (const deviceId of deviceIds) {
      this.known.delete(deviceId);
      this.confirmed.delete(deviceId);
      this.unknownUntil.delete(deviceId);
      const fetching = this.fetching.get(deviceId);
      if (fetching !== undefined) fetching.isOvertaken = true;
    }
  }

  kept(): Entitlement[] {
    return [...this.known.values()];
  }

  restore(entitlements: readonly Entitlement[]): void {
    for (const entitlement of entitlements) this.known.set(entitlement.deviceId, entitlement);
  }

  private fetch(deviceId: string): Promise<Entitlement | null> {
    const fetching: Fetching = { answer: Promise.resolve(null), isOvertaken: false };
    fetching.answer = this.fetchUnrevoked(deviceId, fetching).finally(() => this.fetching.delete(deviceId));
    this.fetching.set(deviceId, fetching);
    return fetching.answer;
  }

  /** An answer that a revocation overtook may be from before it: it is asked for again. */
  private async fetchUnrevoked(deviceId: string, fetching: Fetching): Promise<Entitlement | null> {
    for (;;) {
      fetching.isOvertaken = false;
      try {
        const fetched = await this.options.fetchEntitlement(deviceId);
        if (fetching.isOvertaken) continue;
        this.remember(deviceId, fetched);
        return fetched;
      } catch (error) {
        this.options.log.warn({ reason: errorMessage(error) }, "entitlement not fetched");
        // A refusal of this one device says nothing of the others.
        if (!isRefusedForGood(error)) this.awayUntil = performance.now() + awayMs;
        return this.known.get(deviceId) ?? null;
      }
    }
  }

  private remember(deviceId: string, entitlement: Entitlement | null): void {
    this.known.delete(deviceId);
    this.confirmed.delete(deviceId);
    if (entitlement === null) {
      this.unknownUntil.set(deviceId, performance.now() + unknownDeviceMs);
    } else {
      this.known.set(deviceId, entitlement);
      this.confirmed.add(deviceId);
    }
    for (const kept of [this.known, this.confirmed, this.unknownUntil]) dropOldest(kept);
    this.options.onChange();
  }

  private isUnknown(deviceId: string): boolean {
    return (this.unknownUntil.get(deviceId) ?? 0) > performance.now();
  }
}
