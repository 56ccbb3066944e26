import type { Log } from "@/lib/shared/log";

const notSpokenMs = 600_000;
const noFastOpenMs = 60_000;

/** Whether the proxy is asked by TCP Convert now, and from which addresses bytes go with the SYN. */
export class ConvertUse {
  private offUntilMs = 0;
  private readonly noFastOpenUntilMs = new Map<string | null, number>();

  constructor(private readonly log: Log) {}

  get isOn(): boolean {
    return performance.now() >= this.offUntilMs;
  }

  /** The proxy does not speak it, or not as we do: SOCKS for a while. */
  notSpoken(reason: string): void {
    if (this.isOn) this.log.warn({ reason }, "the proxy is asked by SOCKS for ten minutes");
    this.offUntilMs = performance.now() + notSpokenMs;
  }

  canFastOpen(localAddress: string | null): boolean {
    return performance.now() >= (this.noFastOpenUntilMs.get(localAddress) ?? 0);
  }

  /** No answer to a SYN with bytes: something on the way may drop such, so a plain one is next (RFC 7413 §7.1). */
  unanswered(localAddress: string | null): void {
    this.noFastOpenUntilMs.set(localAddress, performance.now() + noFastOpenMs);
  }
}
