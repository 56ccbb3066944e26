import type { Access } from "@/lib/contracts/access";
import type { AccessTotals, SessionReport } from "@/lib/contracts/telemetry";
import type { ConnectionId, ConnectionSample } from "@/lib/mptcp/face";
import type { Session } from "./session";

/** Ended sessions kept while the portal does not take them; beyond this the oldest are dropped and counted. */
const maxEnded = 20_000;

export type Totals = Record<Access, AccessTotals>;

/** All sessions of this node: the running ones, and the ended ones not yet reported. */
export class SessionTable {
  private readonly running = new Map<ConnectionId, Session>();
  private ended: SessionReport[] = [];
  private readonly accessTotals: Totals = {
    lte: { uploadBytes: 0, downloadBytes: 0 },
    wifi: { uploadBytes: 0, downloadBytes: 0 },
    other: { uploadBytes: 0, downloadBytes: 0 },
  };
  droppedReports = 0;

  /** Follow a session until it has closed. */
  add(session: Session): void {
    this.running.set(session.connection.id, session);
    session.connection.closed.then((closed) => {
      this.take(session, closed.last);
      session.end(closed);
      this.running.delete(session.connection.id);
      this.ended.push(session.report());
      if (this.ended.length > maxEnded) {
        this.ended.shift();
        this.droppedReports += 1;
      }
    });
  }

  takeSamples(samples: ConnectionSample[]): void {
    for (const sample of samples) {
      const session = this.running.get(sample.connection);
      if (session !== undefined) this.take(session, sample);
    }
  }

  sessions(): Session[] {
    return [...this.running.values()];
  }

  /** Bytes since the process began, per access: only ever grows. */
  totals(): Totals {
    return structuredClone(this.accessTotals);
  }

  get hasEnded(): boolean {
    return this.ended.length > 0;
  }

  /** Hand over at most `limit` ended sessions; they are this caller's to deliver now. */
  takeEnded(limit: number): SessionReport[] {
    return this.ended.splice(0, limit);
  }

  private take(session: Session, sample: ConnectionSample): void {
    for (const { access, uploadBytes, downloadBytes } of session.update(sample)) {
      this.accessTotals[access].uploadBytes += uploadBytes;
      this.accessTotals[access].downloadBytes += downloadBytes;
    }
  }
}
