import type { SecurityLine } from "./security-line";

/** The proxy: who is relayed where, and what a client can do to it. */
export const proxyLines: readonly SecurityLine[] = [
  {
    key: "proxy.1a",
    says: "Who has not shown a right credential is not relayed, by any protocol of the port",
    tests: [
      "unit/protocols/accept-request > a SOCKS client is refused",
      "unit/protocols/accept-convert > what cannot be done is answered by an Error TLV",
      "unit/proxy/http-forwarding > is told who it must be",
      "unit/proxy/authenticator > refuses",
    ],
    measures: ["foreign-clients"],
  },
  {
    key: "proxy.1b",
    says: "Secrets are compared in constant time, with the same work for unknown devices",
    tests: [
      "unit/shared/ids > compare",
      "unit/proxy/authenticator > refuses an unknown device",
      "fitness/secret-comparison > secrets are compared",
    ],
  },
  {
    key: "proxy.1c",
    says: "Failures slow their source ever more and are forgiven with time; the right secret is never delayed by others",
    tests: [
      "unit/proxy/authenticator > answers a few failures at once",
      "unit/proxy/authenticator > never delays a right secret",
      "unit/proxy/authenticator > forgives with time",
      "unit/proxy/authenticator > takes the addresses of one IPv6 network for one source",
    ],
  },
  {
    key: "proxy.2",
    says: "Only white-listed destinations and ports are dialled; port 25 never is",
    tests: [
      "unit/policy/decide-destination > decideHost",
      "unit/policy/decide-destination > decideAddress",
      "unit/policy/decide-destination > opens nothing that is refused whatever the lists say",
      "unit/proxy/choose-destination > says 503 while there is no policy",
      "unit/proxy/proxy-node > refuses with the reason",
    ],
  },
  {
    key: "proxy.3a",
    says: "The address that was judged is the address that is dialled: a second DNS answer leads nowhere",
    tests: [
      "unit/proxy/choose-destination > is not led elsewhere by a second answer",
      "unit/proxy/choose-destination > dials only the addresses that passed",
    ],
  },
  {
    key: "proxy.3b",
    says: "Special ranges are refused in every form of writing, the proxy's own addresses too, unless a range is allowed by name",
    tests: [
      "unit/policy/special-ranges > refusedRange",
      "unit/policy/ip > reads the same IPv4 address in dotted and mapped spelling",
      "unit/policy/decide-destination > leaves loopback to the allowed ranges",
      "unit/policy/decide-destination > takes new own addresses",
    ],
  },
  {
    key: "proxy.4",
    says: "Hosts are brought to one form first: case, dots, brackets, IDN, short, octal, hexadecimal and decimal IPv4",
    tests: [
      "unit/protocols/host > normaliseHost: names",
      "unit/protocols/host > normaliseHost: addresses",
      "unit/protocols/host > reads every spelling of an IPv4 address alike",
      "unit/protocols/host-trailing-dot > normaliseHost",
    ],
  },
  {
    key: "proxy.5a",
    says: "Fields of one hop are stripped, those that Connection names too, and Proxy-Authorization goes no further",
    tests: [
      "unit/protocols/http-forward > strips what concerns one connection only",
      "unit/protocols/http-forward > keeps Content-Length even where Connection names it",
      "unit/protocols/http-forward > keeps chunked framing",
    ],
  },
  {
    key: "proxy.5b",
    says: "Ambiguous requests are refused: two framings, odd lengths, bad chunks, white space, folded lines, bare CR and LF",
    tests: [
      "unit/protocols/http-head > refused",
      "unit/protocols/http-head > never lets a done request keep a control character",
      "unit/protocols/chunked-scanner > gives the same answer for any split of any bytes",
      "unit/protocols/chunked-scanner > finds the end of whatever is encoded",
      "unit/proxy/http-differential > understand",
    ],
    measures: ["malformed"],
  },
  {
    key: "proxy.5c",
    says: "One request's bytes never reach another's server",
    tests: [
      "unit/proxy/http-forwarding > asks one server after the other",
      "unit/proxy/http-forwarding > ends, told so, where the request is ambiguous",
      "unit/protocols/exchange-http > without a body takes no byte behind it along",
    ],
  },
  {
    key: "proxy.6a",
    says: "SOCKS 4, 4a and 5: split and pipelined writes, no methods, long names, odd types and commands get the right code",
    tests: [
      "unit/protocols/accept-request > is accepted byte by byte",
      "unit/protocols/accept-request > leaves pipelined payload in the rest",
      "unit/protocols/accept-request > a SOCKS client is refused for no method at all",
      "unit/protocols/accept-request > a SOCKS client is refused for UDP ASSOCIATE",
      "unit/protocols/accept-request > a SOCKS client is refused for BIND",
      "unit/protocols/accept-request > a client that leaves early",
      "unit/protocols/socks5 > round-trips every host and port",
      "unit/protocols/socks4 > parseSocks4Request",
    ],
  },
  {
    key: "proxy.6b",
    says: "A handshake that does not go on is closed within 10 s",
    tests: [
      "unit/proxy/handshake-caps > closes who says nothing at the handshake's deadline",
      "native/conversation > closes a client that does not get through the handshake",
      "unit/proxy/tls-front > gives up clients that go slow",
    ],
    measures: ["malformed"],
  },
  {
    key: "proxy.7a",
    says: "Connections are capped in total and, while in their handshake, per source",
    tests: [
      "unit/proxy/handshake-caps > turns away a source with too many",
      "unit/proxy/handshake-caps > lets a source hold a sixteenth",
      "native/conversation > refuses what is beyond the allowed number of connections",
    ],
    open: "Connections that never send a byte count only towards the total, and end at the deadline; sessions of one device are capped by the total alone.",
  },
  {
    key: "proxy.7b",
    says: "Buffers are bounded: heads, names, fields, Convert messages, PROXY headers, slow readers",
    tests: [
      "unit/protocols/http-head > takes a head of 32 KiB, and not one byte more",
      "unit/protocols/chunked-scanner > bounds size lines and trailers",
      "unit/protocols/proxy-protocol > refuses what is over its limits",
      "native/relay > gives a slow reader every byte and holds little meanwhile",
    ],
  },
  {
    key: "proxy.7c",
    says: "Without descriptors nothing spins or crashes: new sessions are refused, running ones go on",
    tests: ["native/process > does not spin without descriptors"],
  },
  {
    key: "proxy.8",
    says: "Half-closes, resets and slow readers: bytes arrive whole or the error does",
    tests: [
      "native/relay > keeps the download going after the client has ended its half",
      "native/relay > keeps the upload going after the server has ended its half",
      "native/relay > hands a reset of the server on to the client as a reset",
      "native/relay > hands a reset of the client on to the server",
      "native/fuzz > 2,000 sessions cut anywhere",
      "unit/proxy/http-forwarding > that breaks off is not taken for whole",
      "unit/proxy/tls-front > lets nobody take half for the whole",
    ],
    measures: ["byte-balance"],
  },
  {
    key: "proxy.9",
    says: "Each device has a secret of its own that can be renewed and revoked; TLS is offered on the proxy's port",
    tests: [
      "api/devices > gets a new secret, and the old one stops at once",
      "api/devices > is revoked for good",
      "unit/proxy/tls-front > is for curl an HTTPS proxy",
      "unit/proxy/tls-front > refuses what is no TLS after all",
    ],
  },
  {
    key: "proxy.10a",
    says: "Without its portal a node keeps policy and subscribers, and a revocation holds",
    tests: [
      "unit/proxy/policy-store > keeps a device in force while the portal does not answer",
      "unit/proxy/policy-store > comes back whole",
      "unit/proxy/policy-store > holds while the portal is away",
      "unit/proxy/session-governor > keeps sessions while the portal is away",
    ],
    measures: ["backup"],
  },
  {
    key: "proxy.10b",
    says: "Usage waits on disk and is counted once, after kill -9 of either side too",
    tests: [
      "unit/proxy/telemetry-spool > has all of it again in the process that comes after a kill",
      "unit/proxy/telemetry-spool > reads up to what a crash left half-written",
      "unit/proxy/telemetry-reporter > sends a batch that was not taken again, unchanged",
      "api/usage-ledger > is the same however often reports come",
    ],
  },
];
