import type { SecurityLine } from "./security-line";

/** The portal: staff, sessions, rights, writes, files, logs. */
export const portalLines: readonly SecurityLine[] = [
  {
    key: "portal.1a",
    says: "There is no default account: the first is made by a link that works once and expires",
    tests: [
      "api/setup-and-sign-in > makes the first account once",
      "api/setup-and-sign-in > makes one account of many requests at once",
      "api/setup-and-sign-in > refuses an old, an expired and an invented link",
    ],
  },
  {
    key: "portal.1b",
    says: "The portal does not start without its secret, nor with a short one",
    tests: [
      "unit/http/page-headers > starts no portal without NEXTAUTH_SECRET",
      "unit/http/page-headers > starts no portal with a secret that is short",
      "unit/cli/kept-files > is made once, long, and readable by its owner only",
    ],
  },
  {
    key: "portal.2",
    says: "Passwords: argon2id of 19 MiB and 2 passes, 12 characters and no rules of composition, common ones refused, tries slowed",
    tests: [
      "api/setup-and-sign-in > keeps only a hash of the token and of the password",
      "api/setup-and-sign-in > passwords",
      "api/setup-and-sign-in > slows down guesses from one source, and not the owner elsewhere",
      "api/setup-and-sign-in > bounds guesses that come from ever new sources",
      "api/setup-and-sign-in > answers the same for a wrong password and an unknown account",
      "api/second-factor > slows guessed codes down",
      "unit/cli/portal-server > takes no client's word for where it comes from",
    ],
  },
  {
    key: "portal.3",
    says: "The browser's token names a row: revoked, idle or 24 h old sessions end, and the role is read at each request",
    tests: [
      "api/setup-and-sign-in > ends when revoked, idle for 8 h, 24 h old, or its account is disabled",
      "api/setup-and-sign-in > puts a session's name, and no role",
      "api/setup-and-sign-in > is not made of a forged or foreign token",
      "api/staff > has its new role at the next request",
      "api/live-and-policy > ends when the rights of its reader end",
    ],
  },
  {
    key: "portal.4a",
    says: "Rights are decided in the route wrapper and the services: every route × method × caller",
    tests: [
      "api/access > every route, method and caller",
      "fitness/sources > have routes that export only what the route wrapper returns",
      "fitness/api-description > has the addresses of the routes, and no other",
    ],
    measures: ["authz-walk"],
  },
  {
    key: "portal.4b",
    says: "What belongs to somebody is theirs: sign-ins, look-ups, snapshots, masked numbers",
    tests: [
      "api/account > can be ended one by one, those of others not",
      "api/masked-numbers > sees those of whom they looked up, and why is kept; others of the role do not",
      "api/support-snapshots > is masked for support that has not looked this subscriber up, and is not theirs to take back",
      "api/entitlement > tells of a suspension at once, and of nothing that is another's",
    ],
  },
  {
    key: "portal.5a",
    says: "Writes by cookie need exactly our origin, and JSON: none, null and others are refused",
    tests: [
      "api/access > refuse a write from another site",
      "api/access > refuse a write without an origin",
      "api/access > refuse a write from a sandboxed page",
      "api/access > refuse a form",
      "api/access > refuse plain text that is JSON",
    ],
    measures: ["authz-walk"],
  },
  {
    key: "portal.5b",
    says: "Cookies are __Host-, Secure, HttpOnly and SameSite=Lax",
    tests: ["unit/http/page-headers > a cookie of the sign-in"],
  },
  {
    key: "portal.5c",
    says: "Pages have a policy with a nonce of their own, no objects, no other base, no frames; other answers are hardened",
    tests: [
      "unit/http/page-headers > a page's content security policy",
      "unit/http/page-headers > hardens every answer",
    ],
  },
  {
    key: "portal.6",
    says: "A change and its audit row are one transaction, without secrets, in a chain that is verified",
    tests: [
      "fitness/audited-writes > every write of a route",
      "api/audit > has no entry of a change that was undone",
      "api/audit > cannot be changed through the product's own connection",
      "api/audit > shows where",
      "api/audit > stays linear when many write at once",
      "api/staff > keeps only hashes, in the audit log too",
      "api/account > takes the current one, ends all other sign-ins, and leaves an audit row without either",
    ],
  },
  {
    key: "portal.7",
    says: "CSV: read by a parser, capped in size and rows, cells that a spreadsheet computes are made harmless and come back",
    tests: [
      "unit/services/subscriber-csv > comes back as it was, and none is computed by a spreadsheet",
      "unit/services/subscriber-csv > of a million rows and one is refused",
      "api/subscriber-imports > refuses what is no CSV, comes from elsewhere or is too large",
      "api/subscriber-import-jobs > come back byte for byte",
      "api/audit-log > is exported as CSV",
    ],
  },
  {
    key: "portal.8a",
    says: "No update is lost: a condition is needed (428), and what changed meanwhile is told (412)",
    tests: [
      "api/policy-draft > needs a condition (428)",
      "api/policy-draft > never loses what one of two operators wrote",
      "api/subscribers > is changed only by who saw it as it is",
      "api/subscribers > loses nothing when many change it at once",
    ],
    measures: ["lost-update"],
  },
  {
    key: "portal.8b",
    says: "Bulk calls are done once by their key; lists are paged by cursor, at most 100 a page",
    tests: [
      "api/subscribers > changes the named ones once, whatever is repeated",
      "api/access > answer bad query strings, cursors and ids",
      "api/subscribers > pages by number, each once",
    ],
  },
  {
    key: "portal.9",
    says: "Tokens, node and device credentials are shown once, kept as hashes, scoped and ended",
    tests: [
      "api/api-tokens > is shown once, kept as a hash, and its use is noted",
      "api/api-tokens > is refused when wrong, expired or revoked",
      "api/api-tokens > covers its calls and no others",
      "api/api-tokens > never goes beyond the rights of who made it",
      "api/telemetry > takes a new credential only, once the node has one",
      "api/devices > can be read out, is stored as a hash, and enrols one device once",
    ],
    open: "Node and device credentials have no end of their own; they are renewed and revoked by staff.",
  },
  {
    key: "portal.10a",
    says: "Logs have no secret, no whole number and no query of an address, also where an error quotes them",
    tests: [
      "unit/shared/log > a log",
      "unit/shared/log > a logged address",
      "unit/cli/portal-server > gives every request an id that its log line has, without the query",
      "unit/http/problem > is logged with the request's id",
    ],
    measures: ["authz-walk"],
  },
  {
    key: "portal.10b",
    says: "Answers tell nothing of our own faults but an id of the request",
    tests: ["unit/http/problem > tells nothing", "unit/cli/portal-server > gives every request an id"],
  },
  {
    key: "portal.11",
    says: "Sources are slowed by where they really come from: nobody but a trusted balancer may name another",
    tests: [
      "unit/cli/portal-server > takes no client's word",
      "unit/cli/portal-server > takes a trusted balancer's word",
      "api/devices > cannot be guessed fast",
      "api/demo-shares > is slowed down for who tries many",
    ],
  },
  {
    key: "portal.12",
    says: "Requests are bounded in size and time: bodies, heads, slow clients, event streams that nobody reads",
    tests: [
      "api/access > refuse too much",
      "unit/cli/portal-server > bounds the time of a request's head",
      "unit/cli/portal-server > closes a client that goes slow",
      "api/live-and-policy > lets go of a client that does not read",
      "api/access > refuse a NUL in a text",
      "unit/cli/portal-server > answers",
    ],
    measures: ["malformed"],
  },
  {
    key: "portal.14",
    says: "Single sign-on: PKCE, state and nonce; roles by groups; no local account is taken over; local accounts stay",
    tests: [
      "netns/single-sign-on > asks with PKCE, state and nonce",
      "netns/single-sign-on > lets in nobody",
      "netns/single-sign-on > takes no answer of the provider that this browser did not ask for",
      "netns/single-sign-on > leaves local accounts as they are",
      "unit/auth/single-sign-on > an identity",
    ],
  },
  {
    key: "portal.13",
    says: "What the portal itself calls (webhooks) never leads inside, unless a range is allowed by name, judged again at each call",
    tests: [
      "api/alert-webhook > the webhook's address",
      "api/alert-webhook > is checked again when it is called",
      "unit/services/webhook-ranges > are none unless they are named",
    ],
  },
];
