import { describe, expect, it } from "vitest";
import {
  connectEstablished,
  encodeForwardHead,
  encodeHttpRefusal,
  httpStatusForErrno,
  parseProxyAuthorization,
} from "@/lib/protocols/http-forward";
import { parseProxyRequest } from "@/lib/protocols/http-head";

/** The lines that the next hop gets for this request. */
function forwarded(target: string, fields: string[], version = "1.1"): string[] {
  const method = fields.some((field) => /^(content-length|transfer-encoding):/i.test(field)) ? "POST" : "GET";
  const parsed = parseProxyRequest(
    Buffer.from(`${[`${method} ${target} HTTP/${version}`, ...fields].join("\r\n")}\r\n\r\n`, "latin1"),
  );
  if (parsed.status !== "done" || parsed.value.host === null) throw new Error("the test's request is not taken");
  const text = encodeForwardHead({ ...parsed.value, host: parsed.value.host }, "twinpath").toString("latin1");
  expect(text.endsWith("\r\n\r\n")).toBe(true);
  return text.slice(0, -4).split("\r\n");
}

describe("encodeForwardHead", () => {
  it("strips what concerns one connection only, and every field Connection names", () => {
    const lines = forwarded("http://a.test/x?y", [
      "Host: other.test",
      "User-Agent: wget",
      "Connection: X-One, keep-alive ,X-TWO",
      "CONNECTION: x-three,,",
      "Proxy-Connection: keep-alive",
      "Keep-Alive: timeout=5",
      "TE: trailers",
      "Trailer: X",
      "Upgrade: websocket",
      "Proxy-Authorization: Basic YTpi",
      "Proxy-Authenticate: Basic",
      "X-One: 1",
      "x-two: 2",
      "X-Three: 3",
      "X-Four: 4",
      "Accept: */*",
      "Accept: text/html",
    ]);
    expect(lines).toEqual([
      "GET /x?y HTTP/1.1",
      "Host: a.test",
      "User-Agent: wget",
      "Trailer: X",
      "X-Four: 4",
      "Accept: */*",
      "Accept: text/html",
      "Via: 1.1 twinpath",
      "TE: trailers",
      "Connection: close, TE",
    ]);
  });

  it("passes Expect on, but not for HTTP/1.0, and counts the hops of OPTIONS down", () => {
    expect(forwarded("http://a.test/", ["Host: a", "Expect: 100-continue"])).toContain("Expect: 100-continue");
    expect(forwarded("http://a.test/", ["Expect: 100-continue"], "1.0").join()).not.toContain("Expect");
    const options = parseProxyRequest(
      Buffer.from("OPTIONS http://a.test HTTP/1.1\r\nHost: a\r\nMax-Forwards: 3\r\n\r\n"),
    );
    if (options.status !== "done" || options.value.host === null) throw new Error("not taken");
    const head = encodeForwardHead({ ...options.value, host: options.value.host }, "twinpath").toString();
    expect(head).toMatch(/^OPTIONS \* HTTP\/1\.1\r\n[\s\S]*Max-Forwards: 2\r\n/);
    expect(forwarded("http://a.test/", ["Host: a", "Max-Forwards: 3"])).toContain("Max-Forwards: 3");
  });

  it.each([
    ["another protocol", ["Host: a", "Connection: upgrade", "Upgrade: h2c"], "1.1"],
    ["HTTP/1.0", ["Connection: upgrade", "Upgrade: websocket"], "1.0"],
    ["an upgrade that Connection does not name", ["Host: a", "Upgrade: websocket"], "1.1"],
    ["a body", ["Host: a", "Connection: upgrade", "Upgrade: websocket", "Content-Length: 1"], "1.1"],
  ])("switches no protocols for %s", (_, fields, version) => {
    const lines = forwarded("http://a.test/", fields, version);
    expect(lines).toContain("Connection: close");
    expect(lines.join()).not.toContain("Upgrade");
  });

  it("keeps Content-Length even where Connection names it", () => {
    const lines = forwarded("http://a.test/", ["Host: a", "Connection: close, Content-Length", "Content-Length: 5"]);
    expect(lines).toContain("Content-Length: 5");
    expect(lines.filter((line) => /^connection:/i.test(line))).toEqual(["Connection: close"]);
  });

  it("keeps chunked framing, once, also where Connection names it", () => {
    const lines = forwarded("http://a.test/", [
      "Host: a",
      "Connection: transfer-encoding",
      "transfer-encoding: CHUNKED",
    ]);
    expect(lines.filter((line) => /^transfer-encoding:/i.test(line))).toEqual(["Transfer-Encoding: chunked"]);
  });

  it("appends itself to Via with the version it was asked in", () => {
    const lines = forwarded("http://a.test/", ["Via: 1.1 first"], "1.0");
    expect(lines.filter((line) => line.startsWith("Via"))).toEqual(["Via: 1.1 first", "Via: 1.0 twinpath"]);
  });

  it.each([
    ["http://A.test./", "Host: a.test"],
    ["http://a.test:80/", "Host: a.test"],
    ["http://a.test:8080/", "Host: a.test:8080"],
    ["http://[2001:DB8::1]/", "Host: [2001:db8::1]"],
    ["http://[2001:db8::1]:8080/", "Host: [2001:db8::1]:8080"],
    ["http://[2001:db8::80]/", "Host: [2001:db8::80]"],
    ["http://b\xc3\xbccher.test/", "Host: xn--bcher-kva.test"],
  ])("%s gives %s", (target, expected) => {
    expect(forwarded(target, ["Host: evil.test"])[1]).toBe(expected);
  });

  it("passes bytes over 0x7f unchanged", () => {
    expect(forwarded("http://a.test/\xc3\xbc", ["Host: a", "X: \xe9\xff"])).toEqual(
      expect.arrayContaining(["GET /\xc3\xbc HTTP/1.1", "X: \xe9\xff"]),
    );
  });
});

describe("answers of the proxy", () => {
  it("counts the bytes of its text, not its characters", () => {
    const extraFields = [{ name: "Proxy-Authenticate", value: "Basic" }];
    const answer = encodeHttpRefusal(407, "제한", { extraFields }).toString("utf8");
    expect(answer).toBe(
      "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 7\r\n" +
        "Proxy-Authenticate: Basic\r\nConnection: close\r\n\r\n제한\n",
    );
    expect(encodeHttpRefusal(418, "").toString()).toMatch(/^HTTP\/1\.1 418 Refused\r\n/);
  });

  it("opens a tunnel without a length", () => {
    expect(connectEstablished.toString()).toMatch(/^HTTP\/1\.1 200 [^\r\n]+\r\n\r\n$/);
  });

  it("tells a time-out from other failures", () => {
    expect(httpStatusForErrno("ETIMEDOUT")).toBe(504);
    expect(httpStatusForErrno("ECONNREFUSED")).toBe(502);
  });
});

describe("parseProxyAuthorization", () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text, "utf8").toString("base64")}`;
  const fields = (...values: string[]): { name: string; value: string }[] =>
    values.map((value) => ({ name: "Proxy-AUTHORIZATION", value }));

  it.each([
    [basic("device:secret"), { user: "device", password: "secret" }],
    [basic("device:se:cret"), { user: "device", password: "se:cret" }],
    [basic(":"), { user: "", password: "" }],
    [basic("장치:비밀"), { user: "장치", password: "비밀" }],
    [basic("device:secret").replace("Basic ", "bAsIc   "), { user: "device", password: "secret" }],
  ])("%s", (value, expected) => {
    expect(parseProxyAuthorization(fields(value))).toEqual(expected);
  });

  it.each([
    [[]],
    [[basic("a:b"), basic("a:b")]],
    [["Bearer abc"]],
    [["Basic"]],
    [["Basic "]],
    [[basic("no colon")]],
    [["Basic a:b"]],
    [["Basic YTpi, Basic YTpi"]],
    [["BasicYTpi"]],
  ])("nothing in %j", (values) => {
    expect(parseProxyAuthorization(fields(...values))).toBeNull();
  });
});
