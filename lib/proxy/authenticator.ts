import type { Entitlement } from "@/lib/contracts/policy";
import { sourceKey } from "@/lib/policy";
import { isSecretOf } from "@/lib/shared/ids";
import { sleep } from "@/lib/shared/sleep";

const freeFailures = 5;
const stepMs = 200;
const maxDelayMs = 3000;
/** One failure is forgiven every so often. */
const forgiveMs = 2000;
const maxSources = 50_000;

type Source = { failures: number; at: number };

/**
 * Checks device id and secret against the entitlement, in constant time and with the same work for unknown devices.
 * A source that keeps failing is answered ever later (up to 3 s); a right secret is never delayed by others' failures
 * from other sources, and nobody is locked out.
 */
export class Authenticator {
  private readonly sources = new Map<string, Source>();
  failuresTotal = 0;

  constructor(private readonly entitlementOf: (deviceId: string) => Entitlement | null | Promise<Entitlement | null>) {}

  /** The entitlement of an active device with this secret, at once where the device is known; null otherwise. */
  check(deviceId: string, secret: string, sourceAddress: string): Entitlement | Promise<Entitlement | null> {
    const found = this.entitlementOf(deviceId);
    if (!(found instanceof Promise)) return this.judge(found, secret, sourceAddress);
    return found.then((entitlement) => this.judge(entitlement, secret, sourceAddress));
  }

  private judge(
    entitlement: Entitlement | null,
    secret: string,
    sourceAddress: string,
  ): Entitlement | Promise<Entitlement | null> {
    const isRight = isSecretOf(secret, entitlement?.secretSha256);
    if (entitlement !== null && isRight && entitlement.state === "active") return entitlement;
    this.failuresTotal += 1;
    return sleep(this.delayMs(sourceAddress)).then(() => null);
  }

  private delayMs(address: string): number {
    const now = performance.now();
    const source = sourceKey(address);
    const before = this.sources.get(source) ?? { failures: 0, at: now };
    const failures = Math.max(0, before.failures - (now - before.at) / forgiveMs) + 1;
    if (this.sources.size >= maxSources) this.sources.clear();
    this.sources.set(source, { failures, at: now });
    return Math.min(Math.max(0, failures - freeFailures) * stepMs, maxDelayMs);
  }
}
