import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { policySnapshot, rule, whiteList } from "../../factories/policy";
import { type StartedProxy, startProxy } from "../../factories/started-proxy";

const authorization = `Proxy-Authorization: Basic ${Buffer.from("ue:right").toString("base64")}`;
const head = (...lines: string[]): string => `${lines.join("\r\n")}\r\n\r\n`;
const ok = (...fields: string[]): string => head("HTTP/1.1 200 OK", ...fields);

type Case = {
  what: string;
  /** `HERE` is the server's address; credentials are added behind the first line. */
  ask: string[];
  body?: string;
  /** What the server says once it has the head; with `late` more once that has come. */
  answer?: string;
  late?: { seen: RegExp; answer: string };
  /** What the server is to get, and not; null: it is not asked at all. */
  server: RegExp | null;
  neverServer?: RegExp;
  client: RegExp;
  neverClient?: RegExp;
  /** The client's next request is answered on the same connection. */
  isKept?: boolean;
  host?: string;
};

const cases: Case[] = [
  {
    what: "Host that names another server than the target",
    ask: ["GET http://HERE/x HTTP/1.1", "Host: other.example"],
    answer: ok("Content-Length: 0"),
    server: /^GET \/x HTTP\/1\.1\r\nHost: 127\.0\.0\.1:[0-9]+\r\n/,
    neverServer: /other\.example/,
    client: /^HTTP\/1\.1 200 OK\r\n/,
    isKept: true,
  },
  {
    what: "an empty Host",
    ask: ["GET http://HERE/x HTTP/1.1", "Host:"],
    answer: ok("Content-Length: 0"),
    server: /\r\nHost: 127\.0\.0\.1:[0-9]+\r\n/,
    client: /^HTTP\/1\.1 200 OK\r\n/,
    isKept: true,
  },
  {
    what: "an IPv6 literal",
    host: "::1",
    ask: ["GET http://HERE/six HTTP/1.1", "Host: any"],
    answer: `${ok("Content-Length: 3")}six`,
    server: /^GET \/six HTTP\/1\.1\r\nHost: \[::1\]:[0-9]+\r\n/,
    client: /six$/,
    isKept: true,
  },
  {
    what: "a name and password in the target",
    ask: ["GET http://user:password@HERE/ HTTP/1.1", "Host: any"],
    server: null,
    client: /^HTTP\/1\.1 400 Bad Request\r\n/,
  },
  {
    what: "CONNECT with a body",
    ask: ["CONNECT HERE HTTP/1.1", "Host: any", "Content-Length: 4"],
    body: "body",
    server: null,
    client: /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*Connection: close\r\n/,
  },
  {
    what: "TE with what a server may not use beyond this hop",
    ask: ["GET http://HERE/ HTTP/1.1", "Host: any", "TE: gzip;q=0.5, trailers", "Connection: TE"],
    answer: ok("Content-Length: 0"),
    server: /\r\nTE: trailers\r\n/,
    neverServer: /gzip/,
    client: /^HTTP\/1\.1 200 OK\r\n/,
    isKept: true,
  },
  {
    what: "fields that Connection names, both ways",
    ask: ["GET http://HERE/ HTTP/1.1", "Host: any", "Connection: X-Mine, keep-alive", "X-Mine: 1", "Keep-Alive: 5"],
    answer: ok("Connection: X-Yours", "X-Yours: 2", "Keep-Alive: timeout=5", "Content-Length: 0"),
    server: /\r\nVia: 1\.1 twinpath\r\n/,
    neverServer: /x-mine|keep-alive/i,
    client: /\r\nVia: 1\.1 twinpath\r\n/,
    neverClient: /x-yours|keep-alive/i,
    isKept: true,
  },
  {
    what: "Max-Forwards of OPTIONS, counted down",
    ask: ["OPTIONS http://HERE HTTP/1.1", "Host: any", "Max-Forwards: 2"],
    answer: ok("Allow: GET", "Content-Length: 0"),
    server: /^OPTIONS \* HTTP\/1\.1\r\n[\s\S]*Max-Forwards: 1\r\n/,
    client: /\r\nAllow: GET\r\n/,
    isKept: true,
  },
  {
    what: "OPTIONS for this hop alone",
    ask: ["OPTIONS http://HERE/ HTTP/1.1", "Host: any", "Max-Forwards: 0"],
    server: null,
    client: /^HTTP\/1\.1 204 No Content\r\nAllow: /,
    isKept: true,
  },
  {
    what: "TRACE",
    ask: ["TRACE http://HERE/ HTTP/1.1", "Host: any"],
    server: null,
    client: /^HTTP\/1\.1 405 Method Not Allowed\r\n/,
    isKept: true,
  },
  {
    what: "HEAD, which a careless server answers with a body",
    ask: ["HEAD http://HERE/ HTTP/1.1", "Host: any"],
    answer: `${ok("Content-Length: 4")}body`,
    server: /^HEAD \/ /,
    client: /\r\nContent-Length: 4\r\n[\s\S]*\r\n\r\n$/,
    neverClient: /body/,
    isKept: true,
  },
  {
    what: "204 with a body that nobody expects",
    ask: ["GET http://HERE/ HTTP/1.1", "Host: any"],
    answer: `${head("HTTP/1.1 204 No Content", "Content-Length: 4")}body`,
    server: /^GET \/ /,
    client: /^HTTP\/1\.1 204 No Content\r\n[\s\S]*\r\n\r\n$/,
    neverClient: /body|content-length/i,
    isKept: true,
  },
  {
    what: "304 that says how long the whole would be",
    ask: ["GET http://HERE/ HTTP/1.1", "Host: any", "If-None-Match: x"],
    answer: head("HTTP/1.1 304 Not Modified", "Content-Length: 100", "ETag: x"),
    server: /\r\nIf-None-Match: x\r\n/,
    client: /^HTTP\/1\.1 304 Not Modified\r\n[\s\S]*Content-Length: 100\r\n/,
    isKept: true,
  },
  {
    what: "several interim answers before the final one",
    ask: ["GET http://HERE/ HTTP/1.1", "Host: any"],
    answer:
      head("HTTP/1.1 102 Processing") +
      head("HTTP/1.1 103 Early Hints", "Link: </a>") +
      ok("Content-Length: 4") +
      "last",
    server: /^GET \/ /,
    client: /^HTTP\/1\.1 102 [\s\S]*HTTP\/1\.1 103 [\s\S]*Link: <\/a>\r\n[\s\S]*HTTP\/1\.1 200 [\s\S]*last$/,
    isKept: true,
  },
  {
    what: "interim answers for HTTP/1.0",
    ask: ["GET http://HERE/ HTTP/1.0"],
    answer: `${head("HTTP/1.1 103 Early Hints", "Link: </a>") + ok("Content-Length: 4")}last`,
    server: /\r\nVia: 1\.0 twinpath\r\n/,
    client: /^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close\r\n[\s\S]*last$/,
    neverClient: /103/,
  },
  {
    what: "a chunked upload with extensions and a trailer",
    ask: ["POST http://HERE/ HTTP/1.1", "Host: any", "Transfer-Encoding: chunked", "Trailer: X-Sum"],
    body: "5;name=value\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
    late: { seen: /0\r\nX-Sum: 1\r\n\r\n$/, answer: ok("Content-Length: 0") },
    server: /\r\nTransfer-Encoding: chunked\r\n[\s\S]*\r\n\r\n5;name=value\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n$/,
    client: /^HTTP\/1\.1 200 OK\r\n/,
    isKept: true,
  },
  {
    what: "a chunked upload that is malformed",
    ask: ["POST http://HERE/ HTTP/1.1", "Host: any", "Transfer-Encoding: chunked"],
    body: "5\r\nhello\r\nzz\r\n",
    server: /\r\nTransfer-Encoding: chunked\r\n/,
    neverServer: /hello|zz/,
    client: /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*malformed chunked body/,
  },
  {
    what: "Expect that the server turns down",
    ask: ["PUT http://HERE/ HTTP/1.1", "Host: any", "Content-Length: 4", "Expect: 100-continue"],
    answer: head("HTTP/1.1 417 Expectation Failed", "Content-Length: 0"),
    server: /\r\nExpect: 100-continue\r\n/,
    client: /^HTTP\/1\.1 417 Expectation Failed\r\n[\s\S]*Connection: close\r\n/,
  },
  {
    what: "Expect of HTTP/1.0, which would not know the interim answer",
    ask: ["PUT http://HERE/ HTTP/1.0", "Content-Length: 4", "Expect: 100-continue"],
    body: "body",
    late: { seen: /body$/, answer: ok("Content-Length: 0") },
    server: /body$/,
    neverServer: /Expect/,
    client: /^HTTP\/1\.1 200 OK\r\n/,
  },
  {
    what: "Upgrade to what is no WebSocket",
    ask: [
      "GET http://HERE/ HTTP/1.1",
      "Host: any",
      "Connection: Upgrade, HTTP2-Settings",
      "Upgrade: h2c",
      "HTTP2-Settings: x",
    ],
    answer: `${ok("Content-Length: 4")}1.1.`,
    server: /^GET \/ /,
    neverServer: /upgrade|h2c|HTTP2-Settings/i,
    client: /1\.1\.$/,
    isKept: true,
  },
  {
    what: "a body in an answer of two framings",
    ask: ["GET http://HERE/ HTTP/1.1", "Host: any"],
    answer: `${ok("Content-Length: 4", "Transfer-Encoding: chunked")}0\r\n\r\n`,
    server: /^GET \/ /,
    client: /^HTTP\/1\.1 502 Bad Gateway\r\n/,
    isKept: true,
  },
  {
    what: "an answer without a length",
    ask: ["GET http://HERE/ HTTP/1.1", "Host: any"],
    answer: `${head("HTTP/1.0 200 OK")}until the end`,
    late: { seen: /./, answer: "END" },
    server: /^GET \/ /,
    client: /\r\nConnection: close\r\n[\s\S]*until the end$/,
  },
  {
    what: "a method that this proxy has never heard of",
    ask: ["PROPFIND http://HERE/ HTTP/1.1", "Host: any", "Content-Length: 3", "Depth: 1"],
    body: "<a>",
    late: { seen: /<a>$/, answer: head("HTTP/1.1 207 Multi-Status", "Content-Length: 0") },
    server: /^PROPFIND \/ HTTP\/1\.1\r\n[\s\S]*<a>$/,
    client: /^HTTP\/1\.1 207 Multi-Status\r\n/,
    isKept: true,
  },
  {
    what: "a chunked answer with a trailer, and bytes of nobody behind it",
    ask: ["GET http://HERE/ HTTP/1.1", "Host: any", "TE: trailers"],
    answer: `${ok("Transfer-Encoding: chunked", "Trailer: X-Sum")}2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\nHTTP/1.1 200 Smuggled\r\n\r\n`,
    server: /\r\nTE: trailers\r\n/,
    client: /\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n$/,
    neverClient: /Smuggled/,
    isKept: true,
  },
];

let proxy: StartedProxy;
const servers: Server[] = [];
const sockets = new Set<Socket>();

beforeAll(async () => {
  proxy = await startProxy();
  const ranges = ["127.0.0.0/8", "::1/128"];
  const whiteLists = [
    whiteList(
      "here",
      ranges.map((range) => rule("cidr", range)),
    ),
  ];
  proxy.portal.send({
    type: "snapshot",
    snapshot: policySnapshot({ version: 2, whiteLists, allowedPrivateRanges: ranges }),
  });
  await vi.waitFor(() => expect(proxy.portal.batches.at(-1)?.node.policyVersion).toBe(2), { timeout: 5000 });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  await proxy.stop();
});

/** A server that answers one request by hand; `seen` is all that came. */
async function startServer({
  answer,
  late,
  host = "127.0.0.1",
}: Case): Promise<{ authority: string; seen: () => string }> {
  let seen = "";
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let isAnswered = false;
    let isLate = false;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      seen += bytes.toString("latin1");
      if (!isAnswered && answer !== undefined && seen.includes("\r\n\r\n")) socket.write(answer, "latin1");
      isAnswered = true;
      if (isLate || late === undefined || !late.seen.test(seen)) return;
      isLate = true;
      if (late.answer === "END") socket.end();
      else socket.write(late.answer);
    });
  });
  servers.push(server);
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { authority: host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`, seen: () => seen };
}

describe("HTTP through the proxy", () => {
  it.each(cases.map((one) => [one.what, one] as const))("%s", async (_, one) => {
    const server = await startServer(one);
    const [first = "", ...fields] = one.ask;
    const socket = connect({ port: proxy.port, host: "127.0.0.1", noDelay: true });
    sockets.add(socket);
    let told = "";
    let isOver = false;
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      told += bytes.toString("latin1");
    });
    socket.on("close", () => {
      isOver = true;
    });
    socket.write(head(first.replace("HERE", server.authority), authorization, ...fields) + (one.body ?? ""), "latin1");
    await vi.waitFor(
      () => {
        if (one.isKept !== true) expect(isOver).toBe(true);
        expect(told).toMatch(one.client);
        if (one.server !== null) expect(server.seen()).toMatch(one.server);
      },
      { timeout: 5000, interval: 5 },
    );
    if (one.server === null) expect(server.seen()).toBe("");
    if (one.neverServer !== undefined) expect(server.seen()).not.toMatch(one.neverServer);
    if (one.neverClient !== undefined) expect(told).not.toMatch(one.neverClient);
    if (one.isKept !== true) return;
    told = "";
    const next = await startServer({ ...one, answer: `${ok("Content-Length: 4")}next`, host: "127.0.0.1" });
    socket.write(head(`GET http://${next.authority}/next HTTP/1.1`, "Host: any", authorization));
    await vi.waitFor(() => expect(told).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*next$/), { timeout: 5000, interval: 5 });
    socket.destroy();
  });
});
