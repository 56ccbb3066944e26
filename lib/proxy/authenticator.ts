import type { Entitlement } from "@/lib/contracts/policy";
import { isEqualInConstantTime, sha256Hex } from "@/lib/shared/ids";
import { sleep } from "@/lib/shared/sleep";
import { sourceKey } from "./handshake-caps";

const freeFailures = 5;
const stepMs = 200;
const maxDelayMs = 3000;
/** One failure is forgiven every so often. */
const forgiveMs = 2000;
const maxSources = 50_000;
const noSecret = "0".repeat(64);

type Source = { failures: number; at: number };

/**
 * Checks device id and secret against the entitlement, in constant time and with the same work for unknown devices.
 * A source that keeps failing is answered ever later (up to 3 s); a right secret is never delayed by others' failures
 * from other sources, and nobody is locked out.
 */
export class Authenticator {
  private readonly sources = new Map<string, Source>();
  failuresTotal = 0;

  constructor(private readonly entitlementOf: (deviceId: string) => Promise<Entitlement | null>) {}

  /** The entitlement of an active device with this secret; null otherwise. */
  async check(deviceId: string, secret: string, sourceAddress: string): Promise<Entitlement | null> {
    const entitlement = await this.entitlementOf(deviceId);
    const isRight = isEqualInConstantTime(sha256Hex(secret), entitlement?.secretSha256 ?? noSecret);
    if (entitlement !== null && isRight && entitlement.state === "active") return entitlement;
    this.failuresTotal += 1;
    await sleep(this.delayMs(sourceAddress));
    return null;
  }

  private delayMs(address: string): number {
    const now = Date.now();
    const source = sourceKey(address);
    const before = this.sources.get(source) ?? { failures: 0, at: now };
    const failures = Math.max(0, before.failures - (now - before.at) / forgiveMs) + 1;
    if (this.sources.size >= maxSources) this.sources.clear();
    this.sources.set(source, { failures, at: now });
    return Math.min(Math.max(0, failures - freeFailures) * stepMs, maxDelayMs);
  }
}
