/** Why a session ended, by the codes of `sessionEndReasons`. */
export const endReasons = {
  finished: "finished",
  "closed-by-owner": "closed-by-owner",
  "client-reset": "client-reset",
  "upstream-reset": "upstream-reset",
  "client-gone": "client-gone",
  "handshake-timeout": "handshake-timeout",
  "idle-timeout": "idle-timeout",
  "engine-stopped": "engine-stopped",
  suspended: "suspended",
  revoked: "revoked",
  "no-longer-allowed": "no-longer-allowed",
  "node-drained": "node-drained",
  "node-restarted": "node-restarted",
  unknown: "unknown",
} as const;
