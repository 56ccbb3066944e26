import type { Refusal } from "@/lib/protocols/accept-request";
import { socksReply } from "@/lib/protocols/socks5";
import { sleep } from "@/lib/shared/sleep";

const lookEveryMs = 100;

function refuseWith(text: string): Refusal {
  return { socks: socksReply.generalFailure, http: 503, text };
}

/** What new sessions are told while staff drain the node. */
export const drainedRefusal = refuseWith(
  "This proxy is being drained for maintenance: it takes no new connections, those that run go on. Try again later.",
);

/** What they are told at an address that the node has left. */
export const movedRefusal = refuseWith("This proxy listens at another address now. Ask the operator for it.");

/** The last part of a process's life: another one has taken over, and this one serves its sessions to the end. */
export class Retirement {
  /** When it is over at the latest; null before it began. */
  endsBy: string | null = null;

  get isOn(): boolean {
    return this.endsBy !== null;
  }

  /** Resolves when no connection is left, or the deadline has come. */
  async begin(deadlineSeconds: number, connections: () => number): Promise<void> {
    const untilMs = performance.now() + deadlineSeconds * 1000;
    this.endsBy = new Date(Date.now() + deadlineSeconds * 1000).toISOString();
    while (connections() > 0 && performance.now() < untilMs) await sleep(lookEveryMs);
  }
}
