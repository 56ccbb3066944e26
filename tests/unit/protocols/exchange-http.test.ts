import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { acceptRequest, FrontRefusal } from "@/lib/protocols/accept-request";
import { relayRequest } from "@/lib/protocols/relay-request";
import { exchange, RecordedEnds } from "./exchange-ends";
import { cutPlaces, ScriptedStream } from "./scripted-stream";

/** Without the Date that the proxy adds where the server says none. */
const undated = (text: string): string => text.replace(/Date: [A-Z][^\r]* GMT\r\n/g, "");
const lines = (...all: string[]): string => `${all.join("\r\n")}\r\n\r\n`;
const asked = (method = "GET", version = "1.1", ...fields: string[]): string =>
  lines(`${method} http://host.example/ HTTP/${version}`, "Host: host.example", ...fields);
const get = asked();
const get10 = asked("GET", "1.0");
const post = (framing: string): string => asked("POST", "1.1", framing);
const forwardedPost = (framing: string): string =>
  lines("POST / HTTP/1.1", "Host: host.example", framing, "Via: 1.1 test", "Connection: close");
const noContent = lines("HTTP/1.1 204 No Content");

const bodyText = fc.string({ unit: "binary-ascii", maxLength: 60 });
type Chunked = { body: string; content: string };

/** A chunked body as a peer may write it: sizes in either case, with and without extensions and trailers. */
const chunkedBody: fc.Arbitrary<Chunked> = fc
  .tuple(
    fc.array(
      fc.tuple(
        bodyText.filter((text) => text !== ""),
        fc.constantFrom("", ";a=b", " "),
      ),
      { maxLength: 4 },
    ),
    fc.constantFrom("", "X-Sum: 1\r\n"),
  )
  .map(([chunks, trailer]) => {
    const parts = chunks.map(([text, extension]) => `${text.length.toString(16)}${extension}\r\n${text}\r\n`);
    return { body: `${parts.join("")}0\r\n${trailer}\r\n`, content: chunks.map(([text]) => text).join("") };
  });

describe("a request", () => {
  it("with a body of known length goes up to its last byte", async () => {
    await fc.assert(
      fc.asyncProperty(bodyText, bodyText, cutPlaces, async (body, next, places) => {
        const framing = `Content-Length: ${body.length}`;
        const { ends, isKept } = await exchange(`${post(framing)}${body}${next}`, noContent, places);
        expect(ends.text("upstream")).toBe(`${forwardedPost(framing)}${body}`);
        expect(isKept).toBe(true);
      }),
    );
  });

  it("with a chunked body goes unchanged up to its last byte", async () => {
    await fc.assert(
      fc.asyncProperty(chunkedBody, bodyText, cutPlaces, async ({ body }, next, places) => {
        const framing = "Transfer-Encoding: chunked";
        const { ends, isKept } = await exchange(`${post(framing)}${body}${next}`, noContent, places);
        expect(ends.text("upstream")).toBe(`${forwardedPost(framing)}${body}`);
        expect(isKept).toBe(true);
      }),
    );
  });

  it("without a body takes no byte behind it along", async () => {
    await fc.assert(
      fc.asyncProperty(bodyText, cutPlaces, async (next, places) => {
        const { ends } = await exchange(`${get}${next}`, noContent, places);
        expect(ends.text("upstream")).toBe(
          lines("GET / HTTP/1.1", "Host: host.example", "Via: 1.1 test", "Connection: close"),
        );
      }),
    );
  });

  it.each([
    ["a malformed chunk", "3\r\nabc\r\n-1\r\nGET /next HTTP/1.1\r\n\r\n", "PROTOCOL_REFUSED", ""],
    ["an end inside the body", "3\r\nab", "PROTOCOL_ENDED", "3\r\nab"],
  ])("fails for %s, and nothing from it on is sent", async (_, body, code, sent) => {
    const framing = "Transfer-Encoding: chunked";
    const answer = "HTTP/1.1 100 Continue\r\n\r\n".repeat(3);
    const { ends, isKept } = await exchange(`${post(framing)}${body}`, answer);
    expect(isKept).toMatchObject({ code });
    expect(ends.text("upstream")).toBe(`${forwardedPost(framing)}${sent}`);
  });
});

const ok = (...fields: string[]): string => lines("HTTP/1.1 200 OK", ...fields);
const via = "Via: 1.1 test";
const close = "Connection: close";
const chunks = "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n";
const big = "x".repeat(40_000);

type Answered = [what: string, asked: string, answer: string, client: string, end: "kept" | "flush" | "reset"];

const answered: Answered[] = [];
const add = (what: string, ask: string, answer: string, client: string, end: Answered[4] = "kept"): void => {
  answered.push([what, ask, answer, client, end]);
};
add("a length, and bytes beyond it", get, `${ok("Content-Length: 5")}hello!!`, `${ok("Content-Length: 5", via)}hello`);
add("a large length", get, `${ok("Content-Length: 40000")}${big}`, `${ok("Content-Length: 40000", via)}${big}`);
add("the same length twice", get, `${ok("Content-Length: 2, 2")}ok`, `${ok("Content-Length: 2", via)}ok`);
add("no byte", get, ok("Content-Length: 0"), ok("Content-Length: 0", via));
add(
  "a length for a client that closes",
  asked("GET", "1.1", "Connection: close"),
  `${ok("Content-Length: 2")}ok`,
  `${ok("Content-Length: 2", via, close)}ok`,
  "flush",
);
add(
  "a length for an old way to close",
  asked("GET", "1.1", "Proxy-Connection: close"),
  `${ok("Content-Length: 2")}ok`,
  `${ok("Content-Length: 2", via, close)}ok`,
  "flush",
);
add(
  "a length for HTTP/1.0, whatever it wants kept",
  asked("GET", "1.0", "Connection: keep-alive"),
  `${ok("Content-Length: 2")}ok`,
  `${ok("Content-Length: 2", via, close)}ok`,
  "flush",
);
add(
  "chunks with a trailer",
  get,
  `${ok("Transfer-Encoding: chunked", "Trailer: X-Sum")}${chunks}`,
  `${ok("Trailer: X-Sum", "Transfer-Encoding: chunked", via)}${chunks}`,
);
add(
  "a large chunk",
  get,
  `${ok("Transfer-Encoding: chunked")}9c40\r\n${big}\r\n0\r\n\r\n`,
  `${ok("Transfer-Encoding: chunked", via)}9c40\r\n${big}\r\n0\r\n\r\n`,
);
add("chunks for HTTP/1.0", get10, `${ok("Transfer-Encoding: chunked")}${chunks}`, `${ok(via, close)}hello`, "flush");
add(
  "a large chunk for HTTP/1.0",
  get10,
  `${ok("Transfer-Encoding: chunked")}9c40\r\n${big}\r\n0\r\n\r\n`,
  `${ok(via, close)}${big}`,
  "flush",
);
add(
  "a large chunk that breaks off for HTTP/1.0",
  get10,
  `${ok("Transfer-Encoding: chunked")}9c40\r\n${big.slice(1)}`,
  `${ok(via, close)}${big.slice(1)}`,
  "reset",
);
add(
  "chunks that break off for HTTP/1.0",
  get10,
  `${ok("Transfer-Encoding: chunked")}5\r\nhel`,
  `${ok(via, close)}hel`,
  "reset",
);
add(
  "a bad chunk",
  get,
  `${ok("Transfer-Encoding: chunked")}1\r\na\r\n-1\r\n`,
  `${ok("Transfer-Encoding: chunked", via)}1\r\na\r\n`,
  "flush",
);
add("HEAD with a length", asked("HEAD"), `${ok("Content-Length: 500")}`, `${ok("Content-Length: 500", via)}`);
add("HEAD of chunks", asked("HEAD"), ok("Transfer-Encoding: chunked"), ok(via));
add("204", get, lines("HTTP/1.1 204 No Content"), lines("HTTP/1.1 204 No Content", via));
add(
  "304 with a length",
  get,
  lines("HTTP/1.1 304 Not Modified", "Content-Length: 7", "ETag: x"),
  lines("HTTP/1.1 304 Not Modified", "ETag: x", "Content-Length: 7", via),
);
add(
  "interim answers",
  get,
  `${lines("HTTP/1.1 103 Early Hints", "Link: </a>")}${lines("HTTP/1.1 100 Continue")}${noContent}`,
  `${lines("HTTP/1.1 103 Early Hints", "Link: </a>", via)}${lines("HTTP/1.1 100 Continue", via)}${lines("HTTP/1.1 204 No Content", via)}`,
);
add(
  "interim answers for HTTP/1.0",
  get10,
  `${lines("HTTP/1.1 100 Continue")}${noContent}`,
  lines("HTTP/1.1 204 No Content", via, close),
  "flush",
);
add(
  "fields of the server's connection alone",
  get,
  lines(
    "HTTP/1.0 200 OK",
    "Connection: close, X-Hop",
    "X-Hop: 1",
    "Keep-Alive: timeout=5",
    "Proxy-Authenticate: Basic",
    "Upgrade: h2c",
    "Via: 1.1 there",
    "Content-Length: 0",
  ),
  lines("HTTP/1.1 200 OK", "Via: 1.1 there", "Content-Length: 0", "Via: 1.0 test"),
);
add(
  "careless lines",
  get,
  "HTTP/1.1 200\nX : a\n  b\nContent-Length:2\n\nok",
  `${lines("HTTP/1.1 200 ", "X: a b", "Content-Length: 2", via)}ok`,
);

describe("an answer with", () => {
  it.each(answered)("%s", async (_, ask, answer, client, end) => {
    for (const places of [[], [7, 30], Array.from({ length: 400 }, (_, index) => index)]) {
      const { ends, isKept } = await exchange(ask, answer, places);
      expect(undated(ends.text("client"))).toBe(client);
      expect(isKept).toBe(end === "kept");
      expect(ends.steps.filter((step) => step === "flush" || step === "reset")).toEqual(end === "kept" ? [] : [end]);
    }
  });

  it("neither length nor chunks ends with the connection", async () => {
    const { ends, isKept } = await exchange(get, `${ok()}all of it`);
    expect(undated(ends.text("client"))).toBe(`${ok(via, close)}all of it`);
    expect(isKept).toMatchObject({ code: "CONNECTION_GONE" });
  });

  it("chunks reaches an HTTP/1.0 client as their content, however they are cut", async () => {
    await fc.assert(
      fc.asyncProperty(chunkedBody, cutPlaces, async ({ body, content }, places) => {
        const { ends } = await exchange(get10, `${ok("Transfer-Encoding: chunked")}${body}`, places);
        expect(undated(ends.text("client"))).toBe(`${ok(via, close)}${content}`);
      }),
    );
  });
});

describe("a server that answers with", () => {
  it.each([
    ["nothing", ""],
    ["half a head", "HTTP/1.1 200 OK\r\nX:"],
    ["another protocol", "SSH-2.0-OpenSSH\r\n"],
    ["HTTP/2", "HTTP/2 200\r\n\r\n"],
    ["a status of two digits", lines("HTTP/1.1 20 OK")],
    ["a control character", ok("X: a\0b")],
    ["a field without a name", ok(": x")],
    ["a folded first line", ok(" x: y")],
    ["two lengths", ok("Content-Length: 2", "Content-Length: 3")],
    ["a length that is none", ok("Content-Length: -1")],
    ["both framings", ok("Content-Length: 2", "Transfer-Encoding: chunked")],
    ["an unknown coding", ok("Transfer-Encoding: gzip, chunked")],
    ["chunks in HTTP/1.0", lines("HTTP/1.0 200 OK", "Transfer-Encoding: chunked")],
    ["a protocol that nobody asked for", lines("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket")],
    ["a head over 128 KiB", ok(`X: ${"x".repeat(140_000)}`)],
  ])("%s is 502, and the client may go on", async (_, answer) => {
    const { ends, isKept } = await exchange(get, answer);
    expect(ends.text("client")).toBe("");
    if (!(isKept instanceof FrontRefusal)) throw isKept;
    expect(isKept.bytes?.toString()).toMatch(
      /^HTTP\/1\.1 502 Bad Gateway\r\n[\s\S]*\r\n\r\nThe server was reached, but /,
    );
    expect(isKept.bytes?.toString()).not.toContain("Connection: close");
    expect(isKept.skipBytes).toBe(0);
  });
});

describe("WebSocket", () => {
  const ask = asked("GET", "1.1", "Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: k");

  it("goes on as a tunnel once the server agrees", async () => {
    const agreed = lines("HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket");
    const { ends, isKept } = await exchange(`${ask}from client`, `${agreed}from server`);
    expect(isKept).toBe(false);
    expect(ends.text("upstream")).toBe(
      `${lines(
        "GET / HTTP/1.1",
        "Host: host.example",
        "Sec-WebSocket-Key: k",
        via,
        "Upgrade: websocket",
        "Connection: upgrade",
      )}from client`,
    );
    expect(ends.text("client")).toBe(
      `${lines("HTTP/1.1 101 Switching Protocols", via, "Upgrade: websocket", "Connection: upgrade")}from server`,
    );
    expect(ends.steps.at(-1)).toBe("relay");
  });

  it("is an ordinary request where the server does not", async () => {
    const { ends, isKept } = await exchange(ask, `${ok("Content-Length: 2")}no`);
    expect(undated(ends.text("client"))).toBe(`${ok("Content-Length: 2", via)}no`);
    expect(isKept).toBe(true);
  });
});

describe("a client that has asked", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  /** Says this, and then nothing more for so long. */
  function saying(text: string, silentMs: number): ScriptedStream {
    const stream = new ScriptedStream([Buffer.from(text, "latin1")].filter(({ length }) => length > 0));
    const read = stream.read.bind(stream);
    stream.read = async () => (await read()) ?? new Promise<null>((resolve) => setTimeout(resolve, silentMs, null));
    return stream;
  }

  async function ask(client: ScriptedStream, server: ScriptedStream) {
    const { request } = await acceptRequest(client, { authenticate: null, viaName: "test" });
    if (request.kind !== "forward") throw new Error("the test asks by HTTP");
    const outcome = vi.fn();
    void relayRequest(new RecordedEnds(client, server), request).then(outcome, outcome);
    return { outcome, reader: request.reader };
  }

  it("and has ended is told after a minute that the server is silent", async () => {
    const { outcome } = await ask(new ScriptedStream([Buffer.from(get)]), saying("", 600_000));
    await vi.advanceTimersByTimeAsync(59_000);
    expect(outcome).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2000);
    const [[error]] = outcome.mock.calls as [[FrontRefusal]];
    expect(error).toMatchObject({ code: "PROTOCOL_REFUSED", skipBytes: null });
    expect(error.bytes?.toString()).toMatch(/^HTTP\/1\.1 504 Gateway Timeout\r\n[\s\S]*Connection: close\r\n/);
  });

  it("and has ended is given up after a minute without the next chunk", async () => {
    const begun = `${ok("Transfer-Encoding: chunked")}5\r\nhello\r\n`;
    const { outcome } = await ask(new ScriptedStream([Buffer.from(get)]), saying(begun, 600_000));
    await vi.advanceTimersByTimeAsync(61_000);
    expect(outcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "SERVER_SILENT" }));
  });

  it("and has not ended waits for as long as the server takes, and its next request is kept", async () => {
    const next = asked("HEAD");
    const client = new ScriptedStream([Buffer.from(get), Buffer.from(next)]);
    const { outcome, reader } = await ask(client, saying("", 3_000_000));
    const { outcome: silent } = await ask(saying(get, 3_000_000), saying("", 3_000_000));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(outcome).not.toHaveBeenCalled();
    expect(silent).not.toHaveBeenCalled();
    expect((await reader.peek())?.toString()).toBe(next);
  });
});
