/** Keys of PostgreSQL's advisory locks: each is of one thing alone, for whoever holds one keeps all others of it waiting. */
export const lockKeys = {
  /** The audit chain: no two entries follow the same one. Rows that others lock are taken before it. */
  audit: 7_410_001,
  /** The versions of the policy, numbered without gaps. */
  policy: 7_410_002,
  /** Counting tries to sign in: tries at the same time would not see each other. */
  signIn: 7_410_003,
  draft: 7_410_004,
  alerts: 7_410_005,
  alertDelivery: 7_410_006,
  /** Counting other tries, of codes and links. */
  attempts: 7_410_007,
  leader: 7_410_020,
  /** New demo runs: two portals must not begin one each. */
  newDemoRun: 7_410_021,
  /** Of several portals one sends accounting at a time. */
  accounting: 7_410_022,
} as const;
