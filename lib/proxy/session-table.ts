import type { Access } from "@/lib/contracts/access";
import type { AccessTotals, SessionReport } from "@/lib/contracts/telemetry";
import type { ConnectionId, ConnectionSample } from "@/lib/mptcp/face";
import type { Session } from "./session";

/** Ended sessions kept until they are spooled, a second at most; beyond this the oldest are dropped and counted. */
const maxEnded = 20_000;

type Totals = Record<Access, AccessTotals>;

/** All sessions of this node: the running ones, and the ended ones not yet spooled. */
export class SessionTable {
  private readonly running = new Map<ConnectionId, Session>();
  /** Sessions whose request is served on another connection than the client's, by that. */
  private readonly byDecrypted = new Map<ConnectionId, Session>();
  private readonly byDevice = new Map<string, Set<Session>>();
  private ended: SessionReport[] = [];
  private readonly accessTotals: Totals = {
    lte: { uploadBytes: 0, downloadBytes: 0 },
    wifi: { uploadBytes: 0, downloadBytes: 0 },
    other: { uploadBytes: 0, downloadBytes: 0 },
  };
  droppedReports = 0;

  /** Follow a session until it has closed. */
  add(session: Session): void {
    const { deviceId } = session.entitlement;
    const { decrypted } = session;
    this.running.set(session.connection.id, session);
    if (decrypted !== null) {
      this.byDecrypted.set(decrypted.id, session);
      decrypted.onClosed(({ last }) => {
        this.take(session, last);
        this.byDecrypted.delete(decrypted.id);
      });
    }
    const ofDevice = this.byDevice.get(deviceId) ?? new Set();
    this.byDevice.set(deviceId, ofDevice.add(session));
    session.onClosed((closed) => {
      this.take(session, closed.last);
      session.end(closed);
      this.running.delete(session.connection.id);
      ofDevice.delete(session);
      if (ofDevice.size === 0 && this.byDevice.get(deviceId) === ofDevice) this.byDevice.delete(deviceId);
      this.ended.push(session.report());
      if (this.ended.length > maxEnded) {
        this.ended.shift();
        this.droppedReports += 1;
      }
    });
  }

  takeSamples(samples: ConnectionSample[]): void {
    for (const sample of samples) {
      const session = this.running.get(sample.connection) ?? this.byDecrypted.get(sample.connection);
      if (session !== undefined) this.take(session, sample);
    }
  }

  /** Running sessions of one device. */
  ofDevice(deviceId: string): Session[] {
    return [...(this.byDevice.get(deviceId) ?? [])];
  }

  /** Devices with a running session. */
  devices(): string[] {
    return [...this.byDevice.keys()];
  }

  sessions(): Session[] {
    return [...this.running.values()];
  }

  /** Those to which something happened that no sample shows yet. */
  idsWithEvents(): ConnectionId[] {
    const ids: ConnectionId[] = [];
    for (const [id, session] of this.running) if (session.hasEvents) ids.push(id);
    return ids;
  }

  /** Those that a report would tell something new of. */
  withNews(): Session[] {
    const changed: Session[] = [];
    for (const session of this.running.values()) if (session.hasNews) changed.push(session);
    return changed;
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
