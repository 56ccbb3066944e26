import type { LiveRate } from "@/lib/contracts/live";

/** How the running sessions reach the proxies. */
export type TransportShare = { sessions: number; mptcp: number; plain: number; mptcpPercent: number | null };

/** Sessions on MPTCP against plain TCP, from the newest report; no percentage while there are none. */
export function prepareTransportShare(newest: LiveRate | undefined): TransportShare | null {
  if (newest === undefined) return null;
  const { sessions, mptcpSessions } = newest;
  return {
    sessions,
    mptcp: mptcpSessions,
    plain: sessions - mptcpSessions,
    mptcpPercent: sessions === 0 ? null : Math.round((mptcpSessions / sessions) * 100),
  };
}
