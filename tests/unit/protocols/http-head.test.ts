import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxHeadBytes, type ProxyRequest, parseProxyRequest } from "@/lib/protocols/http-head";
import { expectCompletable, expectEverySplit, expectSoundParser } from "./feed";

const head = (...lines: string[]): Buffer => Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
const withFields = (...fields: string[]): Buffer => head("POST http://a.test/ HTTP/1.1", "Host: a.test", ...fields);

function parsed(buffer: Buffer): ProxyRequest | string {
  const result = parseProxyRequest(buffer);
  return result.status === "done" ? result.value : result.status === "bad" ? result.reason : "more";
}

describe("whole, byte by byte, two at once", () => {
  it("CONNECT", () => {
    expectEverySplit(parseProxyRequest, head("CONNECT a.test:443 HTTP/1.1", "Host: a.test:443"), {
      method: "CONNECT",
      form: "connect",
      host: { kind: "name", name: "a.test" },
      port: 443,
      path: "",
      minorVersion: 1,
      fields: [{ name: "Host", value: "a.test:443" }],
      body: { kind: "none" },
    });
  });

  it("forward with a body", () => {
    const message = head(
      "POST http://[2001:db8::1]:8080/a?b HTTP/1.1",
      "host:x",
      "Content-Length: \t12 ",
      "X:",
      "Y:\xe9 \t z",
    );
    expectEverySplit(parseProxyRequest, message, {
      method: "POST",
      form: "forward",
      host: { kind: "address", address: "2001:db8::1" },
      port: 8080,
      path: "/a?b",
      minorVersion: 1,
      fields: [
        { name: "host", value: "x" },
        { name: "Content-Length", value: "12" },
        { name: "X", value: "" },
        { name: "Y", value: "\xe9 \t z" },
      ],
      body: { kind: "length", bytes: 12 },
    });
  });

  it("HTTP/1.0 without a field", () => {
    expectEverySplit(parseProxyRequest, head("GET http://a.test HTTP/1.0"), {
      method: "GET",
      form: "forward",
      host: { kind: "name", name: "a.test" },
      port: 80,
      path: "/",
      minorVersion: 0,
      fields: [],
      body: { kind: "none" },
    });
  });
});

describe("targets", () => {
  it.each([
    ["GET", "http://a.test", "forward", "a.test", 80, "/"],
    ["GET", "HTTP://A.Test./", "forward", "a.test", 80, "/"],
    ["GET", "http://a.test?q", "forward", "a.test", 80, "/?q"],
    ["GET", "http://a.test:/x", "forward", "a.test", 80, "/x"],
    ["GET", "http://a.test:8080//x", "forward", "a.test", 8080, "//x"],
    ["GET", "http://a.test:65535/", "forward", "a.test", 65_535, "/"],
    ["GET", "http://127.1/", "forward", "127.0.0.1", 80, "/"],
    ["GET", "http://[::ffff:10.0.0.1]/", "forward", "10.0.0.1", 80, "/"],
    ["GET", "http://b\xc3\xbccher.test/\xc3\xbc", "forward", "xn--bcher-kva.test", 80, "/\xc3\xbc"],
    ["OPTIONS", "http://a.test", "forward", "a.test", 80, "*"],
    ["OPTIONS", "http://a.test/", "forward", "a.test", 80, "/"],
    ["CONNECT", "[2001:DB8::1]:443", "connect", "2001:db8::1", 443, ""],
    ["CONNECT", "a.test:1", "connect", "a.test", 1, ""],
  ])("%s %s", (method, target, form, host, port, path) => {
    const value = parsed(head(`${method} ${target} HTTP/1.1`, "Host: a.test"));
    expect(value).toMatchObject({ form, port, path, host: expect.objectContaining({ kind: expect.any(String) }) });
    expect(JSON.stringify(value)).toContain(`"${host}"`);
  });

  it.each([
    ["GET", "/"],
    ["OPTIONS", "*"],
    ["GET", "https://a.test/"],
    ["GET", "ftp://a.test/"],
    ["GET", "http:///"],
    ["GET", "http://"],
    ["GET", "http:a.test"],
    ["GET", "http://u@a.test/"],
    ["GET", "http://u:p@a.test/"],
    ["GET", "http://a.test@10.0.0.1/"],
    ["GET", "http://a.test\\@10.0.0.1/"],
    ["GET", "http://a.test%2f.b.test/"],
    ["GET", "http://a.test:0/"],
    ["GET", "http://a.test:65536/"],
    ["GET", "http://a.test:99999/"],
    ["GET", "http://a.test:000080/"],
    ["GET", "http://a.test:+80/"],
    ["GET", "http://a.test:80:80/"],
    ["GET", "http://a.test/#x"],
    ["GET", "http://a..test/"],
    ["GET", "http://2001:db8::1/"],
    ["GET", "http://[2001:db8::1/"],
    ["GET", "http://[fe80::1%25eth0]/"],
    ["GET", "http://[::1]x/"],
    ["GET", "http://b\xfc.test/"],
    ["CONNECT", "a.test"],
    ["CONNECT", "a.test:"],
    ["CONNECT", "a.test:0"],
    ["CONNECT", "a.test:65536"],
    ["CONNECT", ":443"],
    ["CONNECT", "u@a.test:443"],
    ["CONNECT", "a.test:443/"],
    ["CONNECT", "http://a.test:443"],
    ["CONNECT", "2001:db8::1:443"],
    ["connect", "a.test:443"],
  ])("%s %s is no destination", (method, target) => {
    expect(parsed(head(`${method} ${target} HTTP/1.1`, "Host: a.test"))).toMatchObject({
      form: "other",
      host: null,
      port: 0,
    });
  });
});

describe("body framing", () => {
  it.each([
    [[], { kind: "none" }],
    [["Content-Length: 0"], { kind: "none" }],
    [["Content-Length: 007"], { kind: "length", bytes: 7 }],
    [["content-length:999999999999999"], { kind: "length", bytes: 999_999_999_999_999 }],
    [["Transfer-Encoding: chunked"], { kind: "chunked" }],
    [["transfer-encoding:\tCHUNKED "], { kind: "chunked" }],
  ])("%j", (fields, body) => {
    expect(parsed(withFields(...fields))).toMatchObject({ body });
  });
});

describe("Host", () => {
  it.each([
    "",
    "a.test",
    "a.test:",
    "a.test:8080",
    "other_name.test",
    "192.0.2.1:80",
    "[2001:db8::1]:80",
    "[fe80::1%25eth0]",
    "a%2db.test",
    "b\xc3\xbccher.test",
  ])("may be %j", (host) => {
    expect(parsed(head("GET http://a.test/ HTTP/1.1", `Host: ${host}`))).toMatchObject({ form: "forward" });
  });
});

describe("refused", () => {
  const line = "GET http://a.test/ HTTP/1.1";
  it.each([
    ["Transfer-Encoding and Content-Length", withFields("Transfer-Encoding: chunked", "Content-Length: 5")],
    ["Content-Length and Transfer-Encoding", withFields("Content-Length: 5", "Transfer-Encoding: chunked")],
    ["two equal Content-Length", withFields("Content-Length: 5", "Content-Length: 5")],
    ["two different Content-Length", withFields("Content-Length: 5", "Content-Length: 6")],
    ["Content-Length +5", withFields("Content-Length: +5")],
    ["Content-Length -5", withFields("Content-Length: -5")],
    ["Content-Length 5, 5", withFields("Content-Length: 5, 5")],
    ["Content-Length 5 5", withFields("Content-Length: 5 5")],
    ["Content-Length 0x5", withFields("Content-Length: 0x5")],
    ["Content-Length 5.0", withFields("Content-Length: 5.0")],
    ["Content-Length 1e1", withFields("Content-Length: 1e1")],
    ["Content-Length empty", withFields("Content-Length:")],
    ["Content-Length in other digits", withFields("Content-Length: \xb2")],
    ["Content-Length too long to hold", withFields("Content-Length: 9999999999999999")],
    ["Transfer-Encoding gzip", withFields("Transfer-Encoding: gzip")],
    ["Transfer-Encoding gzip, chunked", withFields("Transfer-Encoding: gzip, chunked")],
    ["Transfer-Encoding chunked, chunked", withFields("Transfer-Encoding: chunked, chunked")],
    ["Transfer-Encoding xchunked", withFields("Transfer-Encoding: xchunked")],
    ["Transfer-Encoding chunked;q=1", withFields("Transfer-Encoding: chunked;q=1")],
    ["Transfer-Encoding identity", withFields("Transfer-Encoding: identity")],
    ["Transfer-Encoding empty", withFields("Transfer-Encoding:")],
    ["two Transfer-Encoding", withFields("Transfer-Encoding: chunked", "Transfer-Encoding: chunked")],
    ["Transfer-Encoding behind a vertical tab", withFields("Transfer-Encoding: \x0bchunked")],
    ["Transfer-Encoding in HTTP/1.0", head("POST http://a.test/ HTTP/1.0", "Transfer-Encoding: chunked")],
    ["a body in CONNECT", head("CONNECT a.test:443 HTTP/1.1", "Host: a.test", "Content-Length: 5")],
    ["chunks in CONNECT", head("CONNECT a.test:443 HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked")],
    ["white space before the colon", withFields("Transfer-Encoding : chunked")],
    ["TAB before the colon", withFields("Content-Length\t: 5")],
    ["a folded line", withFields("X: a", " b")],
    ["a line folded by TAB", withFields("X: a", "\tTransfer-Encoding: chunked")],
    ["a folded first line", head(line, " X: a", "Host: a.test")],
    ["a line without a colon", withFields("chunked")],
    ["a line without a name", withFields(": a")],
    ["a name with a space", withFields("X Y: a")],
    ["a name with a byte over 0x7f", withFields("X\xe9: a")],
    ["NUL in a name", withFields("X\0: a")],
    ["NUL in a value", withFields("X: a\0b")],
    ["DEL in a value", withFields("X: a\x7f")],
    ["LF in a value", withFields("X: a\nTransfer-Encoding: chunked")],
    ["CR in a value", withFields("X: a\rTransfer-Encoding: chunked")],
    ["CR CR LF", withFields("X: a\r")],
    ["LF LF before the end", Buffer.from(`${line}\r\nHost: a.test\n\nX: y\r\n\r\n`)],
    ["no Host in HTTP/1.1", head(line)],
    ["two Host", head(line, "Host: a.test", "Host: a.test")],
    ["two Host in other case", head(line, "Host: a.test", "HOST: b.test")],
    ["two Host in HTTP/1.0", head("GET http://a.test/ HTTP/1.0", "Host: a", "Host: a")],
    ["a space in Host", head(line, "Host: a b")],
    ["user information in Host", head(line, "Host: u@a.test")],
    ["a path in Host", head(line, "Host: a.test/x")],
    ["a whole address in Host", head(line, "Host: http://a.test")],
    ["a port that is none in Host", head(line, "Host: a.test:http")],
    ["an open bracket in Host", head(line, "Host: [::1")],
    ["a broken escape in Host", head(line, "Host: a%2")],
    ["a Host that is none in HTTP/1.0", head("GET http://a.test/ HTTP/1.0", "Host: a b")],
    ["HTTP/2.0", head("GET http://a.test/ HTTP/2.0", "Host: a.test")],
    ["HTTP/1.2", head("GET http://a.test/ HTTP/1.2", "Host: a.test")],
    ["HTTP/1.10", head("GET http://a.test/ HTTP/1.10", "Host: a.test")],
    ["HTTP/0.9", head("GET http://a.test/")],
    ["http/1.1 in lower case", head("GET http://a.test/ http/1.1", "Host: a.test")],
    ["the HTTP/2 preface", head("PRI * HTTP/2.0")],
    ["TAB in the target", head("GET http://a.test/\tx HTTP/1.1", "Host: a.test")],
    ["a space in the target", head("GET http://a.test/ x HTTP/1.1", "Host: a.test")],
    ["two spaces", head("GET  http://a.test/ HTTP/1.1", "Host: a.test")],
    ["a space at the end", head("GET http://a.test/ HTTP/1.1 ", "Host: a.test")],
    ["a space at the start", head(" GET http://a.test/ HTTP/1.1", "Host: a.test")],
    ["NUL in the target", head("GET http://a.test/\0 HTTP/1.1", "Host: a.test")],
    ["CR in the target", head("GET http://a.test/\rx HTTP/1.1", "Host: a.test")],
    ["no method", head("http://a.test/ HTTP/1.1", "Host: a.test")],
    ["a method that is no token", head("G(T http://a.test/ HTTP/1.1", "Host: a.test")],
    ["an empty line first", Buffer.from(`\r\n${line}\r\nHost: a.test\r\n\r\n`)],
    ["nothing but the end", Buffer.from("\r\n\r\n")],
    ["201 fields", head(line, "Host: a.test", ...Array.from({ length: 200 }, (_, index) => `X-${index}: y`))],
    ["over 32 KiB", withFields(`X: ${"y".repeat(maxHeadBytes)}`)],
  ])("%s", (_, message) => {
    expect(parseProxyRequest(message).status).toBe("bad");
  });
});

describe("limits and early answers", () => {
  const pad = (size: number): Buffer => {
    const empty = withFields("X: ").length - 4;
    return withFields(`X: ${"y".repeat(size - empty)}`);
  };

  it("takes a head of 32 KiB, and not one byte more, in one piece or in many", () => {
    expect(parseProxyRequest(pad(maxHeadBytes)).status).toBe("done");
    expect(parseProxyRequest(pad(maxHeadBytes).subarray(0, -1)).status).toBe("more");
    expect(parseProxyRequest(pad(maxHeadBytes + 1)).status).toBe("bad");
    expect(parseProxyRequest(pad(maxHeadBytes + 1).subarray(0, -1)).status).toBe("bad");
    expect(parseProxyRequest(Buffer.alloc(1 << 20, "A")).status).toBe("bad");
  });

  it("takes 200 fields", () => {
    const fields = Array.from({ length: 199 }, (_, index) => `X-${index}: y`);
    expect(parseProxyRequest(withFields(...fields)).status).toBe("done");
  });

  it.each([
    ["a TLS hello", "\x16\x03\x01\x02\x00"],
    ["SOCKS 4", "\x04\x01"],
    ["LF line ends", "GET http://a.test/ HTTP/1.1\n"],
    ["SSH", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["HTTP/2", "PRI * HTTP/2"],
    ["a leading space", " "],
    ["an empty line", "\r"],
    ["two spaces", "GET  "],
    ["four words", "GET http://a.test/ HTTP/1.1 "],
    ["a long garbage line", "\u0001".repeat(5)],
  ])("refuses %s before the head is whole", (_, text) => {
    expect(parseProxyRequest(Buffer.from(text, "latin1")).status).toBe("bad");
  });

  it("is quick with white space in values, where a careless pattern is quadratic", () => {
    const message = withFields(`X: a${" ".repeat(maxHeadBytes - 200)}b`);
    const start = performance.now();
    for (let round = 0; round < 20; round += 1) expect(parseProxyRequest(message).status).toBe("done");
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe("any bytes", () => {
  const messages = [
    head("CONNECT a.test:443 HTTP/1.1", "Host: a.test:443", "Proxy-Authorization: Basic YTpi"),
    head("POST http://a.test:8080/x HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked"),
    head("GET http://a.test HTTP/1.0"),
  ];

  it("is sound", () => {
    expectSoundParser(parseProxyRequest, messages);
  });

  it("asks for more only while the request line can still be finished", () => {
    // Field lines are judged once the head is whole, so what is tried here ends before them.
    const endings = ["HTTP/1.1", " HTTP/1.1", "x HTTP/1.1", "G x HTTP/1.1", " x HTTP/1.1"].flatMap((text) =>
      Array.from({ length: text.length + 1 }, (_, index) => head(text.slice(index), "Host: a")),
    );
    const ends = [...endings, ...["\n", "\r\n"].map((text) => Buffer.from(`${text}Host: a\r\n\r\n`))];
    const lines = messages.map((message) => message.subarray(0, message.indexOf("\n") + 1));
    const parseLine = (buffer: Buffer): ReturnType<typeof parseProxyRequest> =>
      buffer.includes("\r\n") && !buffer.includes("\r\n\r\n")
        ? { status: "bad", reason: "fields", isTooLarge: false }
        : parseProxyRequest(buffer);
    expectCompletable(
      parseLine,
      lines.map((line) => line.subarray(0, -2)),
      ends,
    );
  });

  it("never lets a done request keep a control character, a second host or two framings", () => {
    const inserted = fc.constantFrom(
      "\r",
      "\n",
      "\r\n",
      "\0",
      "\t",
      " ",
      ":",
      "Host: b\r\n",
      "Content-Length: 5\r\n",
      "Transfer-Encoding: chunked\r\n",
      "@",
      "#",
      ",",
    );
    const edited = fc
      .tuple(fc.constantFrom(...messages), fc.array(fc.tuple(fc.nat(120), inserted), { maxLength: 3 }))
      .map(([message, edits]) =>
        edits.reduce(
          (text, [at, added]) => text.slice(0, at % text.length) + added + text.slice(at % text.length),
          message.toString("latin1"),
        ),
      );
    fc.assert(
      fc.property(edited, (text) => {
        const request = parsed(Buffer.from(text, "latin1"));
        if (typeof request === "string") return;
        const names = request.fields.map((field) => field.name.toLowerCase());
        const count = (wanted: string): number => names.filter((fieldName) => fieldName === wanted).length;
        expect(count("host")).toBeLessThanOrEqual(1);
        expect(count("content-length") + count("transfer-encoding")).toBeLessThanOrEqual(1);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not pass
        for (const { name, value } of request.fields) expect(`${name}${value}`).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f]/);
        expect(request.path).not.toMatch(/\s/);
      }),
      { numRuns: 5000 },
    );
  });
});
