import type { ConnectionServer } from "@/lib/mptcp/connection-server";
import type { Listener, ListenerBox } from "@/lib/mptcp/face";
import { errorCode, errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";

type Place = { address: string; port: number };

export type ListeningOptions = {
  server: Pick<ConnectionServer, "listen" | "adoptListener" | "giveListener" | "leaveListener" | "closeListener">;
  hasMptcp: boolean;
  /** Take bytes that come with the SYN. */
  hasFastOpen: boolean;
  /** Whether a session runs that this listener accepted. */
  hasSessions: (listener: number) => boolean;
  log: Log;
};

const lookEveryMs = 1000;

/**
 * The node's port: the socket it accepts from. One that it accepted from before, at another address, stays open while
 * sessions run that came by it: their devices join further paths there.
 */
export class Listening {
  private now: Listener | null = null;
  private readonly earlier = new Map<number, Listener>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: ListeningOptions) {
    this.timer = setInterval(() => this.closeUnused(), lookEveryMs).unref();
  }

  /** Null before the first `open` or `adopt`. */
  get listener(): Listener | null {
    return this.now;
  }

  /** True for a listener of an address that the node has left. */
  isEarlier(listener: number): boolean {
    return this.earlier.has(listener);
  }

  /** Errors: NativeError. */
  open(place: Place): Listener {
    const { server, hasMptcp, hasFastOpen } = this.options;
    this.now = server.listen({ ...place, mptcp: hasMptcp, fastOpen: hasFastOpen });
    return this.now;
  }

  /** Accept from the socket of the process before, which waits in the box. Errors: NativeError. */
  adopt(box: ListenerBox, isMptcp: boolean): Listener {
    this.now = this.options.server.adoptListener(box, isMptcp);
    return this.now;
  }

  /** Accept at another place from now on; port 0: any, so the one that it has. Errors: NativeError; all stays then. */
  move({ address, port }: Place): void {
    const before = this.now;
    const place = { address, port: port === 0 ? (before?.port ?? 0) : port };
    if (before === null || (before.address === place.address && before.port === place.port)) return;
    try {
      this.open(place);
      this.earlier.set(before.id, before);
    } catch (error) {
      // An address that overlaps the one before cannot be bound beside it.
      if (errorCode(error) !== "EADDRINUSE" || before.port !== place.port) throw error;
      this.replace(before, place);
    }
    this.options.log.info(place, "proxy listens at another address");
  }

  /** Put the socket into the box of the process that takes over. Errors: NativeError. */
  give(boxPath: string): { isMptcp: boolean } {
    const { now } = this;
    if (now !== null) this.options.server.giveListener(now.id, boxPath);
    return { isMptcp: now?.mptcp ?? false };
  }

  /** Accept no more: the process that took over does. */
  leave(): void {
    if (this.now !== null) this.options.server.leaveListener(this.now.id);
  }

  close(): void {
    clearInterval(this.timer);
    for (const { id } of this.earlier.values()) this.options.server.closeListener(id);
    if (this.now !== null) this.options.server.closeListener(this.now.id);
  }

  private replace(before: Listener, place: Place): void {
    this.options.server.closeListener(before.id);
    try {
      this.open(place);
    } catch (error) {
      this.options.log.warn({ ...place, reason: errorMessage(error) }, "cannot listen there: back to where it was");
      this.open(before);
      throw error;
    }
  }

  private closeUnused(): void {
    for (const id of this.earlier.keys()) {
      if (this.options.hasSessions(id)) continue;
      this.earlier.delete(id);
      this.options.server.closeListener(id);
    }
  }
}
