import type { Entitlement } from "@/lib/contracts/policy";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";

const unknownDeviceMs = 2000;
/** A portal that did not answer is not waited for again so soon, where something is known of the device. */
const awayMs = 5000;
const maxEntitlements = 100_000;

export type EntitlementsOptions = {
  /** Null: no such device. Throws where the portal does not answer. */
  fetchEntitlement: (deviceId: string) => Promise<Entitlement | null>;
  /** Something to keep on disk changed. */
  onChange: () => void;
  log: Log;
};

type Fetching = { answer: Promise<Entitlement | null>; isOvertaken: boolean };

/** What the devices that came by may do: fetched at first use, kept until they expire or are revoked. */
export class Entitlements {
  private readonly known = new Map<string, Entitlement>();
  /** Devices whose entitlement was fetched since the stream last began; of the others a revocation may be missed. */
  private readonly confirmed = new Set<string>();
  private readonly unknownUntil = new Map<string, number>();
  private readonly fetching = new Map<string, Fetching>();
  private awayUntil = 0;

  constructor(private readonly options: EntitlementsOptions) {}

  /**
   * At once where it is known; null: no such device. While the portal is away an expired or unconfirmed entitlement stays
   * in force.
   */
  of(deviceId: string): Entitlement | null | Promise<Entitlement | null> {
    const known = this.known.get(deviceId);
    const now = Date.now();
    if (known !== undefined && this.isConfirmed(deviceId) && Date.parse(known.expiresAt) > now) return known;
    if (known !== undefined && this.awayUntil > now) return known;
    if ((this.unknownUntil.get(deviceId) ?? 0) > now) return null;
    return this.fetching.get(deviceId)?.answer ?? this.fetch(deviceId);
  }

  /** Whether the portal said what is known of the device since the stream began and nothing revoked it. */
  isConfirmed(deviceId: string): boolean {
    return this.confirmed.has(deviceId) || (this.unknownUntil.get(deviceId) ?? 0) > Date.now();
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
        this.awayUntil = Date.now() + awayMs;
        return this.known.get(deviceId) ?? null;
      }
    }
  }

  private remember(deviceId: string, entitlement: Entitlement | null): void {
    if (this.known.size >= maxEntitlements) this.known.clear();
    if (this.confirmed.size >= maxEntitlements) this.confirmed.clear();
    if (this.unknownUntil.size >= maxEntitlements) this.unknownUntil.clear();
    if (entitlement === null) {
      this.known.delete(deviceId);
      this.confirmed.delete(deviceId);
      this.unknownUntil.set(deviceId, Date.now() + unknownDeviceMs);
    } else {
      this.known.set(deviceId, entitlement);
      this.confirmed.add(deviceId);
    }
    this.options.onChange();
  }
}
