/** Every query key of the portal's pages, in one place. */
export const queryKeys = {
  sessions: (state: string, cursor: string | null, limit: number) => ["sessions", state, cursor, limit] as const,
  usage: (minutes: number) => ["usage", minutes] as const,
  demoRuns: (cursor: string | null) => ["demo-runs", cursor] as const,
  allDemoRuns: ["demo-runs"] as const,
  demoRun: (id: string) => ["demo-run", id] as const,
};
