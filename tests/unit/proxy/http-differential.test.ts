import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { requireAbility } from "../../factories/ability";
import { freePort } from "../../factories/free-port";
import { type StartedProxy, startProxy } from "../../factories/started-proxy";

/*
 * Debian's nginx as the content provider, asked directly and through the proxy: what each understands of the same bytes.
 * Every request is followed by one to /second. A body that is taken for a request shows as /smuggled.
 */

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
const chunked = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

type Shape = { line?: string; fields: readonly string[]; body?: string; eol?: string };

/** `#` is the authority of the server. */
const shapes: Readonly<Record<string, Shape>> = {
  "a GET": { fields: [] },
  "a body of its length": {
    line: "POST http://#/first HTTP/1.1",
    fields: [`Content-Length: ${smuggled.length}`],
    body: smuggled,
  },
  "a chunked body": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Transfer-Encoding: chunked"],
    body: chunked(smuggled),
  },
  "a chunk extension": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Transfer-Encoding: chunked"],
    body: `5;a="b"\r\nhello\r\n0\r\n\r\n`,
  },
  trailers: {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Transfer-Encoding: chunked"],
    body: "5\r\nhello\r\n0\r\nContent-Length: 40\r\nX: y\r\n\r\n",
  },
  "Content-Length and Transfer-Encoding": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Content-Length: 5", "Transfer-Encoding: chunked"],
    body: `0\r\n\r\n${smuggled}`,
  },
  "Transfer-Encoding and Content-Length": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Transfer-Encoding: chunked", `Content-Length: ${5 + smuggled.length}`],
    body: `0\r\n\r\n${smuggled}`,
  },
  "two equal Content-Length": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Content-Length: 2", "Content-Length: 2"],
    body: "ab",
  },
  "two Content-Length": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Content-Length: 0", `Content-Length: ${smuggled.length}`],
    body: smuggled,
  },
  "Content-Length +2": { line: "POST http://#/first HTTP/1.1", fields: ["Content-Length: +2"], body: "ab" },
  "Content-Length 2, 2": { line: "POST http://#/first HTTP/1.1", fields: ["Content-Length: 2, 2"], body: "ab" },
  "Content-Length 0x2": { line: "POST http://#/first HTTP/1.1", fields: ["Content-Length: 0x2"], body: "ab" },
  "Transfer-Encoding xchunked": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Transfer-Encoding: xchunked"],
    body: chunked(smuggled),
  },
  "Transfer-Encoding identity": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Transfer-Encoding: identity"],
    body: smuggled,
  },
  "Transfer-Encoding gzip, chunked": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Transfer-Encoding: gzip, chunked"],
    body: chunked(smuggled),
  },
  "two Transfer-Encoding": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
    body: chunked(smuggled),
  },
  "a vertical tab before chunked": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Transfer-Encoding: \x0bchunked"],
    body: chunked(smuggled),
  },
  "Transfer-Encoding in HTTP/1.0": {
    line: "POST http://#/first HTTP/1.0",
    fields: ["Transfer-Encoding: chunked"],
    body: chunked(smuggled),
  },
  "a chunk size with 0x": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Transfer-Encoding: chunked"],
    body: "0x5\r\nhello\r\n0\r\n\r\n",
  },
  "a chunk size over 64 bits": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Transfer-Encoding: chunked"],
    body: `1${"0".repeat(16)}5\r\nhello\r\n0\r\n\r\n`,
  },
  "a chunk without its line end": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Transfer-Encoding: chunked"],
    body: "5\r\nhelloXX0\r\n\r\n",
  },
  "chunks with bare LF": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["Transfer-Encoding: chunked"],
    body: "5\nhello\n0\n\n",
  },
  "a space before the colon": { line: "POST http://#/first HTTP/1.1", fields: ["Content-Length : 2"], body: "ab" },
  "a folded line": { fields: ["X: a", " b: c"] },
  "Transfer-Encoding in a folded line": {
    line: "POST http://#/first HTTP/1.1",
    fields: ["X: a", "\tTransfer-Encoding: chunked"],
    body: chunked(smuggled),
  },
  "bare LF": { fields: [], eol: "\n" },
  "bare CR in a value": { fields: ["X: a\rTransfer-Encoding: chunked"] },
  "NUL in a value": { fields: ["X: a\0b"] },
  "a name with a space": { fields: ["X Y: a"] },
  "a line without a colon": { fields: ["chunked"] },
  "two spaces in the first line": { line: "GET  http://#/first HTTP/1.1", fields: [] },
  "a space at the end of the first line": { line: "GET http://#/first HTTP/1.1 ", fields: [] },
  "HTTP/1.2": { line: "GET http://#/first HTTP/1.2", fields: [] },
  "a lower-case version": { line: "GET http://#/first http/1.1", fields: [] },
  "an empty line first": { line: "\r\nGET http://#/first HTTP/1.1", fields: [] },
  "two Host": { fields: ["Host: other.example"] },
  "a fragment in the target": { line: "GET http://#/first#a HTTP/1.1", fields: [] },
};

/** Refused by the proxy although nginx takes them: the proxy allows only one reading of a request. */
const stricter: readonly string[] = [
  "HTTP/1.2",
  "a line without a colon",
  "a space at the end of the first line",
  "bare LF",
  "two spaces in the first line",
];
/**
 * The head was on its way before the body broke its framing: nginx answers the head alone, the proxy passes nothing of the
 * broken body on and ends both connections, so that nothing after it is taken for a request.
 */
const cutOff: readonly string[] = [
  "a chunk size over 64 bits",
  "a chunk size with 0x",
  "a chunk without its line end",
  "chunks with bare LF",
];

async function startNginx(folder: string): Promise<{ port: number; log: string }> {
  const [port, log] = [await freePort(), join(folder, "requests.log")];
  const file = join(folder, "nginx.conf");
  await writeFile(
    file,
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log crit;
     events {}
     http {
       log_format seen "$request_uri $status";
       access_log ${log} seen;
       client_body_timeout 1s; client_header_timeout 1s; lingering_close off;
       server { listen 127.0.0.1:${port}; location / { return 200 "ok"; } }
     }`,
  );
  const child = spawn("nginx", ["-c", file], { stdio: "ignore" });
  ends.push(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  await vi.waitFor(async () => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect").finally(() => socket.destroy());
  }, 10_000);
  return { port, log };
}

/** Send it all and read until the other side closes, 1.5 s at most. */
async function send(port: number, bytes: Buffer): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let told = "";
  socket.on("data", (chunk) => (told += chunk.toString("latin1"))).on("error", () => undefined);
  socket.write(bytes);
  const timer = setTimeout(() => socket.destroy(), 1500);
  await new Promise((closed) => socket.once("close", closed));
  clearTimeout(timer);
  return told;
}

function bytesOf(shape: Shape, authority: string): Buffer {
  const { line = "GET http://#/first HTTP/1.1", fields, body = "", eol = "\r\n" } = shape;
  const credentials = `Proxy-Authorization: Basic ${Buffer.from("ue:right").toString("base64")}`;
  const common = [`Host: ${authority}`, credentials];
  const first = [line.replace("#", authority), ...common, ...fields, "", ""].join(eol);
  const second = [`GET http://${authority}/second HTTP/1.1`, ...common, "Connection: close", "", ""].join("\r\n");
  return Buffer.from(`${first}${body}${second}`, "latin1");
}

describe("nginx and the proxy", () => {
  it("understand the same of a request, or the proxy refuses it", { timeout: 120_000 }, async (context) => {
    requireAbility(context, "nginx");
    const proxy: StartedProxy = await startProxy();
    ends.push(() => proxy.stop());
    const { port, log } = await startNginx(proxy.folder);
    let read = 0;
    /** The requests that nginx saw since it was asked last. */
    const seen = async (): Promise<string[]> => {
      await new Promise((done) => setTimeout(done, 30));
      const text = await readFile(log, "utf8");
      const lines = text.slice(read).split("\n").filter(Boolean);
      read = text.length;
      return lines;
    };
    await seen();
    const [refused, cut]: [string[], string[]] = [[], []];
    for (const [name, shape] of Object.entries(shapes)) {
      const bytes = bytesOf(shape, `127.0.0.1:${port}`);
      await send(port, bytes);
      const directly = await seen();
      const told = await send(proxy.port, bytes);
      const through = await seen();
      const isTaken = directly[0] === "/first 200";
      // A body that breaks off its framing on the way is ended by a reset.
      expect(told, name).toMatch(/^(HTTP\/1\.1 [2-5]|$)/);
      expect(through.join(), `${name} through the proxy`).not.toContain("smuggled");
      if (through.length === 0 && isTaken) refused.push(name);
      if (through.length === 0 || through.join() === directly.join()) continue;
      expect(through, name).toEqual(["/first 200"]);
      cut.push(name);
    }
    expect(refused.sort()).toEqual([...stricter].sort());
    expect(cut.sort()).toEqual([...cutOff].sort());
  });
});
