import type { Access } from "@/lib/contracts/access";
import type { SessionRow } from "@/lib/contracts/portal";
import { type SessionEndReason, sessionEndReasons } from "@/lib/contracts/session-end-reasons";
import type { SubflowReport } from "@/lib/contracts/telemetry";
import type { Translate } from "@/lib/words/translate";

export type PathBytes = Record<Access, number> & { total: number };

/**
 * What each access carried of a session, both directions, in payload bytes. Paths that were closed keep their last
 * counters, so the sum covers the whole session.
 */
export function sumPathBytes(session: Pick<SessionRow, "subflows">): PathBytes {
  const bytes: PathBytes = { lte: 0, wifi: 0, other: 0, total: 0 };
  for (const { access, uploadBytes, downloadBytes } of session.subflows) {
    bytes[access] += uploadBytes + downloadBytes;
    bytes.total += uploadBytes + downloadBytes;
  }
  return bytes;
}

/** Milliseconds from its start to its end, or to `nowMs` while it runs. */
export function sessionDurationMs(session: Pick<SessionRow, "startedAt" | "end">, nowMs: number): number {
  const endMs = session.end === null ? nowMs : Date.parse(session.end.at);
  return Math.max(0, endMs - Date.parse(session.startedAt));
}

export const protocolNames: Record<SessionRow["protocol"], string> = {
  socks4: "SOCKS4",
  socks5: "SOCKS5",
  "socks5-udp": "SOCKS5 UDP",
  "http-connect": "HTTP CONNECT",
  "http-forward": "HTTP forward",
  convert: "TCP Convert",
};

export const transportNames = (t: Translate): Record<SessionRow["transport"], string> => ({
  mptcp: "MPTCP",
  tcp: "TCP",
  "tcp-fallback": t("sessions.tcpFallback"),
});

function isKnownReason(reason: string): reason is SessionEndReason {
  return sessionEndReasons.some((known) => known === reason);
}

/** Why a session ended; a code that is not known here, of a newer node, as it was reported. */
export function endReasonText(t: Translate, reason: string): string {
  return isKnownReason(reason) ? t(`endReasons.${reason}`) : reason;
}

/** One end of a path: `10.1.0.2:40000`, `[2001:db8::1]:443`. */
export function formatEnd({ address, port }: SubflowReport["ueAddress"]): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

/** The two paths of a session in words: `LTE 33 %, WiFi 67 %`. */
export function describeShares(t: Translate, { lte, wifi, other, total }: PathBytes): string {
  if (total === 0) return t("sessions.noBytesYet");
  const percent = (bytes: number) => `${Math.round((bytes / total) * 100)} %`;
  const parts = [`LTE ${percent(lte)}`, `WiFi ${percent(wifi)}`];
  if (other > 0) parts.push(t("sessions.other", { percent: percent(other) }));
  return parts.join(", ");
}

/** The opened session as the newest list has it; as it was opened when it is not on the list any more. */
export function newestOf(opened: SessionRow | null, rows: readonly SessionRow[]): SessionRow | null {
  if (opened === null) return null;
  return rows.find(({ key }) => key === opened.key) ?? opened;
}
