import type { SecurityLine } from "./security-line";

/** Faults that are survived with nothing lost. */
export const faultLines: readonly SecurityLine[] = [
  {
    key: "faults.1",
    says: "kill -9 of proxy, portal, database and agent, in any order, under load",
    tests: [
      "unit/cli/supervisor > starts a killed child again",
      "unit/proxy/telemetry-spool > has all of it again in the process that comes after a kill",
      "api/migrations > starts again after a kill, with what was committed",
      "netns/product > brings the proxy back after kill -9",
      "netns/product > brings the database back after kill -9",
    ],
    measures: ["proxy-restart", "backup", "chaos"],
  },
  {
    key: "faults.2",
    says: "The database away for a minute",
    tests: [
      "netns/product > brings the database back after kill -9",
      "unit/proxy/telemetry-reporter > samples on while the portal does not answer",
    ],
    measures: ["chaos"],
  },
  {
    key: "faults.3",
    says: "The spool's disk full",
    tests: [
      "unit/proxy/telemetry-spool > keeps the newest in memory while the disk is full",
      "unit/proxy/telemetry-spool > drops the oldest but the one on its way where it is full",
      "unit/cli/supervisor > goes on where a start throws, as on a full disk",
    ],
  },
  {
    key: "faults.4",
    says: "A clock that jumps",
    tests: ["api/usage-ledger > books what is later than its minutes under the first ones that are kept"],
    open: "Only late reports are tested here; a jump of a running node's clock is the chaos suite's.",
  },
  {
    key: "faults.5",
    says: "A node partitioned from the portal; a policy published while a node is down",
    tests: [
      "api/policy-versions > goes on from the version the node has",
      "unit/proxy/policy-store > asks again once the stream began anew",
      "unit/proxy/proxy-node > ends where a revocation came while the stream was away",
      "api/node-orders > are there for a node that was away",
      "unit/shared/follow-event-stream > takes a silent stream for dead",
    ],
  },
  {
    key: "faults.6",
    says: "Two operators who publish at once",
    tests: ["api/policy-versions > of two at once happens once"],
    measures: ["lost-update"],
  },
  {
    key: "faults.7",
    says: "WiFi down, blackholed, lossy, or with another address",
    tests: [
      "unit/policy/steering/steering-controller > path health",
      "netns/agent-paths > takes a link away as soon as its carrier is gone",
      "netns/agent-paths > follows an interface to another address",
      "netns/testbed-faults > make WiFi weak under a transfer",
    ],
    measures: ["failover", "first-path"],
  },
  {
    key: "faults.8",
    says: "10,000 idle sessions, and 2,000 new ones a second",
    tests: ["native/relay > carries many sessions at once and gives every descriptor back"],
    measures: ["idle", "connections"],
  },
  {
    key: "faults.9",
    says: "Malformed input by the million: no crash, no leak, each answered or closed by the deadline",
    tests: [
      "unit/protocols/accept-request > any bytes",
      "unit/protocols/http-head > any bytes",
      "unit/protocols/convert > never throws",
      "unit/protocols/socks4 > is sound for any bytes",
      "unit/protocols/proxy-protocol > is sound for any bytes",
      "unit/protocols/chunked-scanner > gives the same answer for any split of any bytes",
      "native/sanitize > find nothing in a stress run",
    ],
    measures: ["malformed"],
  },
];
