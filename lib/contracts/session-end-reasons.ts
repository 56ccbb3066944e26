/** Why a session ended: by its own ends, by the proxy's limits, by policy, or with its node. */
export const sessionEndReasons = [
  "finished",
  "closed-by-owner",
  "client-reset",
  "upstream-reset",
  "client-gone",
  "handshake-timeout",
  "idle-timeout",
  "engine-stopped",
  "suspended",
  "revoked",
  "no-longer-allowed",
  "node-drained",
  "node-restarted",
  "unknown",
] as const;

export type SessionEndReason = (typeof sessionEndReasons)[number];
