import type { Log } from "@/lib/shared/log";

const notSpokenMs = 600_000;
const noFastOpenMs = 60_000;

/** Whether the proxy is asked by TCP Convert now, and from which addresses bytes go with the SYN. */
export class ConvertUse {
  private offUntil = 0;
  private readonly noFastOpenUntil = new Map<string | null, number>();

  constructor(private readonly log: Log) {}

  get isOn(): boolean {
    return Date.now() >= this.offUntil;
  }

  /** The proxy does not speak it, or not as we do: SOCKS for a while. */
  notSpoken(reason: string): void {
    if (this.isOn) this.log.warn({ reason }, "the proxy is asked by SOCKS for ten minutes");
    this.offUntil = Date.now() + notSpokenMs;
  }

  canFastOpen(localAddress: string | null): boolean {
    return Date.now() >= (this.noFastOpenUntil.get(localAddress) ?? 0);
  }

  /** No answer to a SYN with bytes: something on the way may drop such, so a plain one is next (RFC 7413 §7.1). */
  unanswered(localAddress: string | null): void {
    this.noFastOpenUntil.set(localAddress, Date.now() + noFastOpenMs);
  }
}
