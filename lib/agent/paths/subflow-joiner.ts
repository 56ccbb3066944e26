import type { PathManager, PathManagerEvent, SocketAddress } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";

export type JoinerOptions = {
  pathManager: Pick<PathManager, "createSubflow" | "destroySubflow" | "withdrawAddress">;
  /** Addresses of the device's links now that answer; each connection shall have a subflow from every one. */
  addresses: () => string[];
  /** Whether a further subflow from that address shall start as backup of this connection. */
  startsAsBackup: (address: string, remote: SocketAddress) => boolean;
  /** A subflow ended though its connection lives on. */
  onLost: (address: string) => void;
  log: Log;
};

type Subflow = { local: SocketAddress; remote: SocketAddress; localId: number; sinceMs: number };
/** What a connection does about an address that it has no subflow from. */
type Attempt = { count: number; notBeforeMs: number; pendingUntilMs: number };
type Session = {
  token: number;
  remote: SocketAddress;
  isEstablished: boolean;
  subflows: Map<string, Subflow>;
  attempts: Map<string, Attempt>;
  /** Ended by us; the kernel has not told of it yet. */
  ended: Set<string>;
};

/** A join that the peer has not answered by then may be made again. */
const joinPatienceMs = 3000;
/** A subflow that ended sooner than this was no good: each further try waits twice as long. */
const goodAfterMs = 5000;
const firstPauseMs = 300;
const longestPauseMs = 30_000;
/** The end of a connection is told subflow by subflow; only those that outlive this were lost. */
const endMs = 30;
/**
 * What was on its way when a link went is acknowledged over the other path meanwhile. A subflow that ends makes the kernel
 * send anew all that is not, oldest first (net/mptcp/protocol.c, __mptcp_retransmit_pending_data): at once, what was lost
 * would come behind tens of milliseconds of what was not.
 */
const acknowledgeMs = 24;
const maxId = 255;

function keyOf({ address, port }: SocketAddress): string {
  return `${address} ${port}`;
}

/**
 * The device's path manager: gives each MPTCP connection that this namespace begins a subflow over every link, takes
 * them away when a link goes, and gives them again, connection by connection, when a link is back or one was lost.
 * The kernel's own path manager can only do so for all connections at once, by deleting an endpoint, which ends the
 * subflows of those that are well.
 */
export class SubflowJoiner {
  private readonly sessions = new Map<number, Session>();
  private readonly ids = new Map<string, number>();
  private lastId = 0;
  /** Addresses that links had and have no longer. */
  private readonly gone = new Set<string>();
  /** While false, what happens is followed and nothing is done. */
  isActing = false;

  constructor(private readonly options: JoinerOptions) {}

  get connectionCount(): number {
    return this.sessions.size;
  }

  handle(event: PathManagerEvent): void {
    if (event.type === "created" || event.type === "established") this.begin(event);
    else if (event.type === "closed") this.sessions.delete(event.token);
    else if (event.type === "subflow-established") this.joined(event);
    else if (event.type === "subflow-closed") this.ended(event);
  }

  /** Join whatever misses a subflow from an address that answers. Call again when `nextDueMs` has passed. */
  joinAll(): void {
    if (!this.isActing) return;
    const addresses = this.options.addresses();
    for (const address of addresses) this.gone.delete(address);
    for (const session of this.sessions.values()) this.join(session, addresses);
  }

  /**
   * The link with this address is gone: tell the peers over the other link, and end the subflows here, so that what they
   * carried moves.
   */
  dropAddress(address: string): void {
    this.gone.add(address);
    for (const session of this.sessions.values()) this.endFrom(session, address, true);
  }

  /**
   * The path from this address was silent and is back. The peer may have given its subflows up, and what it said about
   * that was lost: make them anew.
   */
  renewAddress(address: string): void {
    for (const session of this.sessions.values()) this.endFrom(session, address, false);
    this.joinAll();
  }

  /** The last subflow of a connection stays: it waits for the path, as TCP would. */
  private endFrom(session: Session, address: string, isWithdrawn: boolean): void {
    const { pathManager } = this.options;
    const { token, subflows } = session;
    session.attempts.delete(address);
    const from = [...subflows].filter(([, { local }]) => local.address === address);
    if (!this.isActing || from.length === subflows.size) return;
    for (const [key, { local, remote, localId }] of from) {
      subflows.delete(key);
      session.ended.add(key);
      const end = (): void =>
        this.attempt("subflow not ended", () => pathManager.destroySubflow({ token, local, remote }));
      if (!isWithdrawn) {
        end();
        continue;
      }
      // Before the subflow ends: its address is known no longer then.
      this.attempt("address not withdrawn", () => pathManager.withdrawAddress(token, localId));
      setTimeout(end, acknowledgeMs).unref();
    }
  }

  private begin({ type, token, local, remote, isServerSide }: PathManagerEvent): void {
    if (isServerSide === true || local === null || remote === null) return;
    const known = this.sessions.get(token);
    const session = known ?? {
      token,
      remote,
      isEstablished: false,
      subflows: new Map(),
      attempts: new Map(),
      ended: new Set(),
    };
    if (known === undefined) {
      session.subflows.set(keyOf(local), { local, remote, localId: 0, sinceMs: performance.now() });
      this.sessions.set(token, session);
    }
    if (type !== "established") return;
    session.isEstablished = true;
    if (this.isActing) this.join(session, this.options.addresses());
  }

  private joined({ token, local, remote, localId }: PathManagerEvent): void {
    const session = this.sessions.get(token);
    if (session === undefined || local === null || remote === null) return;
    const isDouble = [...session.subflows.values()].some((other) => other.local.address === local.address);
    session.subflows.set(keyOf(local), { local, remote, localId: localId ?? 0, sinceMs: performance.now() });
    const attempt = session.attempts.get(local.address);
    if (attempt !== undefined) attempt.pendingUntilMs = 0;
    for (const address of this.gone) this.endFrom(session, address, true);
    if (isDouble && this.isActing)
      this.attempt("second subflow of a link not ended", () =>
        this.options.pathManager.destroySubflow({ token, local, remote }),
      );
  }

  private ended({ token, local }: PathManagerEvent): void {
    const session = this.sessions.get(token);
    if (session === undefined || local === null) return;
    if (session.ended.delete(keyOf(local))) return;
    const subflow = session.subflows.get(keyOf(local));
    session.subflows.delete(keyOf(local));
    const now = performance.now();
    const wasGood = subflow !== undefined && now - subflow.sinceMs >= goodAfterMs;
    const count = wasGood ? 0 : (session.attempts.get(local.address)?.count ?? 0) + 1;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(count, 10));
    session.attempts.set(local.address, { count, notBeforeMs: now + pauseMs, pendingUntilMs: 0 });
    setTimeout(() => {
      if (this.sessions.has(token)) this.options.onLost(local.address);
    }, endMs).unref();
  }

  private join(session: Session, addresses: readonly string[]): void {
    if (!session.isEstablished) return;
    const { token, remote } = session;
    const now = performance.now();
    for (const address of addresses) {
      if ([...session.subflows.values()].some(({ local }) => local.address === address)) continue;
      const attempt = session.attempts.get(address) ?? { count: 0, notBeforeMs: 0, pendingUntilMs: 0 };
      if (now < attempt.notBeforeMs || now < attempt.pendingUntilMs) continue;
      session.attempts.set(address, { ...attempt, pendingUntilMs: now + joinPatienceMs });
      const isBackup = this.options.startsAsBackup(address, remote);
      const join = { token, localAddress: address, localId: this.idOf(address), remote, isBackup };
      this.attempt("not joined", () => this.options.pathManager.createSubflow(join));
    }
  }

  /** An id is an address's for good: a connection that knows it by another one refuses it. */
  private idOf(address: string): number {
    const known = this.ids.get(address);
    if (known !== undefined) return known;
    this.lastId = (this.lastId % maxId) + 1;
    this.ids.set(address, this.lastId);
    return this.lastId;
  }

  /** The connection may have ended at this moment: what fails is told, and tried again where it is still wanted. */
  private attempt(what: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.options.log.debug({ reason: errorMessage(error) }, what);
    }
  }
}
