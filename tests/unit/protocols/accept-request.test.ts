import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AcceptOptions, acceptRequest, FrontRefusal, refusalForErrno } from "@/lib/protocols/accept-request";
import { errorCode } from "@/lib/shared/errors";
import { hostileBytes } from "./feed";
import { byteByByte, cutAt, cutPlaces, ScriptedStream } from "./scripted-stream";

const bytes = (...parts: (number[] | string | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part))));
const head = (...lines: string[]): Buffer => bytes(`${lines.join("\r\n")}\r\n\r\n`);
const basic = (text: string): string => `Proxy-Authorization: Basic ${Buffer.from(text).toString("base64")}`;

type Options = AcceptOptions<string>;
const open: Options = { authenticate: null, viaName: "test" };
const guarded: Options = {
  authenticate: async (user, password) => (user === "ue" && password === "right" ? `the ${user}` : null),
  viaName: "test",
};

const toName = bytes([5, 1, 0, 3, 12], "host.example", [1, 187]);
const login = bytes([1, 2], "ue", [5], "right");
const connectHead = head("CONNECT host.example:443 HTTP/1.1", "Host: host.example:443");
const getHead = head("GET http://host.example/x HTTP/1.1", "Host: host.example");
const postHead = head("POST http://host.example:81/ HTTP/1.1", "Host: host.example", "Content-Length: 5");
const chunkedHead = head("PUT http://host.example/ HTTP/1.1", "Host: host.example", "Transfer-Encoding: chunked");

const name = { kind: "name", name: "host.example" };
const tunnel = { kind: "tunnel" };
const socks = { protocol: "socks5", ...tunnel, established: bytes([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]) };
const socks4 = { protocol: "socks4", ...tunnel, established: bytes([0, 90, 0, 0, 0, 0, 0, 0]) };
const httpConnect = {
  protocol: "http-connect",
  ...tunnel,
  established: bytes("HTTP/1.1 200 Connection established\r\n\r\n"),
};
const forward = {
  kind: "forward",
  protocol: "http-forward",
  host: name,
  minorVersion: 1,
  isUpgrade: false,
  mayRepeat: false,
  mayKeepServer: false,
  isKept: true,
  viaName: "test",
};
const via = ["Via: 1.1 test", "Connection: close"];

type Accepted = [
  what: string,
  sent: Buffer,
  options: Options,
  request: object,
  identity: string | null,
  answer: Buffer,
];

const accepted: Accepted[] = [
  ["SOCKS5 to a name", bytes([5, 1, 0], toName), open, { ...socks, host: name, port: 443 }, null, bytes([5, 0])],
  [
    "SOCKS5 to an IPv4 address",
    bytes([5, 2, 2, 0], [5, 1, 0, 1, 192, 0, 2, 1, 0, 80]),
    open,
    { ...socks, host: { kind: "address", address: "192.0.2.1" }, port: 80 },
    null,
    bytes([5, 0]),
  ],
  [
    "SOCKS5 to an IPv6 address",
    bytes([5, 1, 0], [5, 1, 0, 4, 0x20, 1, 0x0d, 0xb8, ...Array<number>(11).fill(0), 1, 0x1f, 0x90]),
    open,
    { ...socks, host: { kind: "address", address: "2001:db8::1" }, port: 8080 },
    null,
    bytes([5, 0]),
  ],
  [
    "SOCKS5 with credentials",
    bytes([5, 2, 0, 2], login, toName),
    guarded,
    { ...socks, host: name, port: 443 },
    "the ue",
    bytes([5, 2, 1, 0]),
  ],
  [
    "SOCKS4 to an address",
    bytes([4, 1, 0, 80, 192, 0, 2, 1], "anybody", [0]),
    open,
    { ...socks4, host: { kind: "address", address: "192.0.2.1" }, port: 80 },
    null,
    bytes(),
  ],
  [
    "SOCKS4A to a name, with credentials in the user id",
    bytes([4, 1, 1, 187, 0, 0, 0, 1], "ue:right", [0], "host.example", [0]),
    guarded,
    { ...socks4, host: name, port: 443 },
    "the ue",
    bytes(),
  ],
  ["CONNECT", connectHead, open, { ...httpConnect, host: name, port: 443 }, null, bytes()],
  [
    "CONNECT with credentials",
    head("CONNECT host.example:443 HTTP/1.1", "Host: host.example:443", basic("ue:right")),
    guarded,
    { ...httpConnect, host: name, port: 443 },
    "the ue",
    bytes(),
  ],
  [
    "a forwarded GET",
    getHead,
    open,
    {
      ...forward,
      port: 80,
      body: { kind: "none" },
      method: "GET",
      head: head("GET /x HTTP/1.1", "Host: host.example", ...via),
    },
    null,
    bytes(),
  ],
  [
    "a forwarded POST with credentials, which stay here",
    head("POST http://host.example:81/ HTTP/1.1", "Host: host.example", "Content-Length: 5", basic("ue:right")),
    guarded,
    {
      ...forward,
      port: 81,
      body: { kind: "length", bytes: 5 },
      method: "POST",
      head: head("POST / HTTP/1.1", "Host: host.example:81", "Content-Length: 5", ...via),
    },
    "the ue",
    bytes(),
  ],
  [
    "a forwarded chunked PUT",
    chunkedHead,
    open,
    {
      ...forward,
      port: 80,
      body: { kind: "chunked" },
      method: "PUT",
      head: head("PUT / HTTP/1.1", "Host: host.example", "Transfer-Encoding: chunked", ...via),
    },
    null,
    bytes(),
  ],
];

/** The request without its function, and the payload: what came early and what is still in the stream. */
async function serve(chunks: Buffer[], options: Options) {
  const stream = new ScriptedStream(chunks);
  const { request, identity } = await acceptRequest(stream, options);
  const { refuse: _, ...all } = request;
  const { rest, reader, ...plain } = { rest: Buffer.alloc(0), reader: null, ...all };
  const unread = reader === null ? rest : reader.takeRest();
  const late: Buffer[] = [];
  for (let chunk = await stream.read(); chunk !== null; chunk = await stream.read()) late.push(chunk);
  return { request: plain, identity, rest: unread, payload: Buffer.concat([unread, ...late]), answer: stream.written };
}

describe.each(accepted)("%s", (_, sent, options, request, identity, answer) => {
  it("is accepted whole", async () => {
    const nothing = Buffer.alloc(0);
    expect(await serve([sent], options)).toEqual({ request, identity, answer, rest: nothing, payload: nothing });
  });

  it("is accepted byte by byte", async () => {
    expect(await serve(byteByByte(sent), options)).toMatchObject({ request, identity, answer });
  });

  it("leaves pipelined payload in the rest", async () => {
    const payload = bytes([5, 1, 0], "GET / HTTP/1.1\r\n\r\n");
    const served = await serve([bytes(sent, payload)], options);
    expect(served).toEqual({ request, identity, answer, rest: payload, payload });
  });

  it("is accepted for every split, and loses no payload", async () => {
    const payload = Buffer.from("payload");
    await fc.assert(
      fc.asyncProperty(cutPlaces, async (places) => {
        const served = await serve(cutAt(bytes(sent, payload), places), options);
        expect(served).toMatchObject({ request, identity, answer, payload });
      }),
    );
  });
});

/** What the client was told before and with the refusal; null where it is closed without a word. */
async function refusalOf(sent: Buffer, options: Options): Promise<Buffer | null> {
  const answers = await Promise.all(
    [[sent], byteByByte(sent), [bytes(sent, "more that the client sent")]].map(async (chunks) => {
      const stream = new ScriptedStream(chunks);
      const error = await acceptRequest(stream, options).catch((caught: unknown) => caught);
      if (!(error instanceof FrontRefusal)) throw error;
      return error.bytes === null ? null : bytes(stream.written, error.bytes);
    }),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  return answers[0] ?? null;
}

const socksRefusal = (code: number): Buffer => bytes([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);

describe("a SOCKS client is refused", () => {
  it.each([
    ["no method at all", bytes([5, 0]), open, bytes([5, 0xff])],
    ["no method of ours", bytes([5, 2, 1, 2]), open, bytes([5, 0xff])],
    ["no credentials where they are needed", bytes([5, 1, 0]), guarded, bytes([5, 0xff])],
    ["a wrong secret", bytes([5, 1, 2], [1, 2], "ue", [5], "wrong"), guarded, bytes([5, 2], [1, 1])],
    ["an empty user and secret", bytes([5, 1, 2], [1, 0, 0]), guarded, bytes([5, 2], [1, 1])],
    ["BIND", bytes([5, 1, 0], [5, 2, 0, 1, 192, 0, 2, 1, 0, 80]), open, bytes([5, 0], socksRefusal(7))],
    ["UDP ASSOCIATE", bytes([5, 1, 0], [5, 3, 0, 1, 0, 0, 0, 0, 0, 0]), open, bytes([5, 0], socksRefusal(7))],
    ["an unknown command", bytes([5, 1, 0], [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]), open, bytes([5, 0], socksRefusal(7))],
    ["an unknown address type", bytes([5, 1, 0], [5, 1, 0, 2]), open, bytes([5, 0], socksRefusal(8))],
    ["a name that is no host", bytes([5, 1, 0], [5, 1, 0, 3, 3], "a b", [0, 80]), open, bytes([5, 0], socksRefusal(1))],
    ["an empty name", bytes([5, 1, 0], [5, 1, 0, 3, 0, 0, 80]), open, bytes([5, 0], socksRefusal(1))],
    ["port 0", bytes([5, 1, 0], [5, 1, 0, 1, 192, 0, 2, 1, 0, 0]), open, bytes([5, 0], socksRefusal(1))],
    ["another version in the request", bytes([5, 1, 0], [4]), open, null],
    ["another version of the credentials", bytes([5, 1, 2], [5]), guarded, null],
  ])("for %s", async (_, sent, options, answer) => {
    expect(await refusalOf(sent, options)).toEqual(answer);
  });

  const socks4Refusal = (code: number): Buffer => bytes([0, code, 0, 0, 0, 0, 0, 0]);

  it.each([
    ["no secret", bytes([4, 1, 0, 80, 192, 0, 2, 1], "ue", [0]), guarded, 93],
    ["no user id", bytes([4, 1, 0, 80, 192, 0, 2, 1], [0]), guarded, 93],
    ["a wrong secret", bytes([4, 1, 0, 80, 192, 0, 2, 1], "ue:wrong", [0]), guarded, 93],
    ["BIND", bytes([4, 2, 0, 80, 192, 0, 2, 1], [0]), open, 91],
    ["an unknown command", bytes([4, 9, 0, 80, 192, 0, 2, 1], [0]), open, 91],
    ["port 0", bytes([4, 1, 0, 0, 192, 0, 2, 1], [0]), open, 91],
    ["a name that is no host", bytes([4, 1, 0, 80, 0, 0, 0, 7], [0], "a b", [0]), open, 91],
    ["an empty name", bytes([4, 1, 0, 80, 0, 0, 0, 7], [0, 0]), open, 91],
    ["a user id over 511 bytes", bytes([4, 1, 0, 80, 192, 0, 2, 1], "x".repeat(512)), open, 91],
    ["a name over 255 bytes", bytes([4, 1, 0, 80, 0, 0, 0, 1], [0], "x".repeat(256)), open, 91],
  ])("of version 4 for %s", async (_, sent, options, code) => {
    expect(await refusalOf(sent, options)).toEqual(socks4Refusal(code));
  });
});

async function httpRefusalOf(
  sent: Buffer,
  options: Options,
  isKept = false,
): Promise<{ status: string; fields: string[]; body: string }> {
  const answer = (await refusalOf(sent, options))?.toString("utf8") ?? "";
  const [start = "", body = ""] = answer.split("\r\n\r\n");
  const [status = "", ...fields] = start.split("\r\n");
  expect(fields).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
  expect(fields.includes("Connection: close")).toBe(!isKept);
  return { status, fields, body };
}

describe("an HTTP client is refused", () => {
  it.each([
    ["no credentials", connectHead],
    ["a wrong secret", head("CONNECT a.example:443 HTTP/1.1", "Host: a.example", basic("ue:wrong"))],
    ["a malformed field", head("CONNECT a.example:443 HTTP/1.1", "Host: a.example", "Proxy-Authorization: Basic !")],
    ["another scheme", head("CONNECT a.example:443 HTTP/1.1", "Host: a.example", "Proxy-Authorization: Bearer x")],
    [
      "credentials given twice",
      head("GET http://a.example/ HTTP/1.1", "Host: a", basic("ue:right"), basic("ue:right")),
    ],
    ["no credentials, whatever it asks for", head("GET / HTTP/1.1", "Host: a.example")],
  ])("with 407 for %s", async (_, sent) => {
    const { status, fields } = await httpRefusalOf(sent, guarded, true);
    expect(status).toBe("HTTP/1.1 407 Proxy Authentication Required");
    expect(fields).toContain('Proxy-Authenticate: Basic realm="test", charset="UTF-8"');
  });

  it.each([
    ["origin-form", head("GET / HTTP/1.1", "Host: a.example")],
    ["https in absolute-form", head("GET https://a.example/ HTTP/1.1", "Host: a.example")],
    ["a CONNECT without a port", head("CONNECT a.example HTTP/1.1", "Host: a.example")],
    ["a CONNECT to port 0", head("CONNECT a.example:0 HTTP/1.1", "Host: a.example")],
    ["a CONNECT to port 65536", head("CONNECT a.example:65536 HTTP/1.1", "Host: a.example")],
    ["user information in the target", head("GET http://u:p@a.example/ HTTP/1.1", "Host: a.example")],
    ["a target that is no host", head("GET http://a%20b/ HTTP/1.1", "Host: a.example")],
    [
      "two framings",
      head("POST http://a.example/ HTTP/1.1", "Host: a", "Content-Length: 1", "Transfer-Encoding: chunked"),
    ],
    ["a folded line", head("GET http://a.example/ HTTP/1.1", "Host: a", "X: 1", " 2")],
    ["no Host", head("GET http://a.example/ HTTP/1.1")],
    ["a body in CONNECT", head("CONNECT a.example:443 HTTP/1.1", "Host: a", "Content-Length: 1")],
    ["HTTP/2", bytes("PRI * HTTP/2.0\r\n")],
    ["lines that end with LF alone", bytes("GET http://a.example/ HTTP/1.1\n")],
    ["a TLS client", bytes([0x16, 3, 1, 2, 0])],
  ])("with 400 for %s", async (_, sent) => {
    expect((await httpRefusalOf(sent, open)).status).toBe("HTTP/1.1 400 Bad Request");
  });

  it("with 431 for a head over 32 KiB", async () => {
    const sent = bytes("GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\nX: ", "x".repeat(40_000));
    const stream = new ScriptedStream(cutAt(sent, [16_000, 32_000]));
    const error = await acceptRequest(stream, open).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FrontRefusal);
    expect(error instanceof FrontRefusal && error.bytes?.toString("latin1")).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe("a request is refused in its own protocol", () => {
  it.each([
    ["SOCKS5", bytes([5, 1, 0], toName), "ECONNREFUSED", socksRefusal(5)],
    ["SOCKS5", bytes([5, 1, 0], toName), "ETIMEDOUT", socksRefusal(6)],
    ["SOCKS5", bytes([5, 1, 0], toName), "ENOTFOUND", socksRefusal(4)],
    ["SOCKS5", bytes([5, 1, 0], toName), "EPROTO", socksRefusal(1)],
    ["SOCKS4", bytes([4, 1, 0, 80, 192, 0, 2, 1, 0]), "ECONNREFUSED", bytes([0, 91, 0, 0, 0, 0, 0, 0])],
    ["CONNECT", connectHead, "ECONNREFUSED", "HTTP/1.1 502 Bad Gateway"],
    ["CONNECT", connectHead, "ETIMEDOUT", "HTTP/1.1 504 Gateway Timeout"],
    ["forward", postHead, "ENETUNREACH", "HTTP/1.1 502 Bad Gateway"],
  ])("%s", async (_, sent, errno, answer) => {
    const { request } = await acceptRequest(new ScriptedStream([sent]), open);
    const refusal = request.refuse(refusalForErrno(errno, "host.example:443"));
    if (typeof answer !== "string") expect(refusal.bytes).toEqual(answer);
    else {
      expect(refusal.bytes?.toString().split("\r\n")[0]).toBe(answer);
      expect(refusal.bytes?.toString()).toContain("host.example:443");
    }
  });
});

describe("a client that leaves early", () => {
  it.each([
    ["SOCKS5", bytes([5, 2, 0, 2], login, toName), guarded],
    ["SOCKS4A", bytes([4, 1, 1, 187, 0, 0, 0, 1], "ue:right", [0], "host.example", [0]), guarded],
    ["CONNECT", connectHead, open],
    ["forward", chunkedHead, open],
  ])("ends the handshake of %s at every byte", async (_, sent, options) => {
    for (let length = 0; length < sent.length; length += 1) {
      const served = acceptRequest(new ScriptedStream([sent.subarray(0, length)]), options);
      await expect(served, `${length} bytes`).rejects.toMatchObject({ code: "PROTOCOL_ENDED" });
    }
  });

  it("passes on what authenticate throws", async () => {
    const failing: Options = { viaName: "test", authenticate: () => Promise.reject(new Error("no portal")) };
    const sent = bytes([5, 1, 2], login, toName);
    await expect(acceptRequest(new ScriptedStream([sent]), failing)).rejects.toThrow("no portal");
  });
});

describe("any bytes", () => {
  const messages = accepted.map(([, sent]) => sent);

  it.each([
    ["open", open],
    ["guarded", guarded],
  ])("are a request, a refusal or an early end (%s)", async (_, options) => {
    await fc.assert(
      fc.asyncProperty(hostileBytes(messages), cutPlaces, async (sent, places) => {
        const failed = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
        const outcome = await serve(cutAt(sent, places), options).catch(failed);
        // What is no Convert although it begins like it is reset.
        const isReset = (sent[0] ?? 4) < 4 && errorCode(outcome) === "PROTOCOL_BAD";
        if (outcome instanceof Error && errorCode(outcome) !== "PROTOCOL_ENDED" && !isReset)
          expect(outcome).toBeInstanceOf(FrontRefusal);
        const whole = await serve([sent], options).catch(failed);
        if (whole instanceof Error) expect(outcome).toEqual(whole);
        else expect(outcome).toMatchObject({ ...whole, rest: expect.anything() });
      }),
      { numRuns: 800 },
    );
  });
});
