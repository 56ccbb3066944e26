import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveBuiltFiles } from "@/lib/cli/built-files";

let folder: string;
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "twinpath-built-"));
  const write = (name: string, content: string) => writeFile(join(folder, name), content);
  await Promise.all([write("a.js", "plain"), write("a.js.gz", "gzipped"), write("a.js.br", "brotli")]);
  await Promise.all([write("gone.js", "gone"), write("font.woff2", "font")]);
  const handle = serveBuiltFiles(folder, (asked, response) => {
    response.end(`handed on: ${asked.method} ${asked.url}`);
  });
  server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask(path: string, encodings = "", method = "GET") {
  const { port } = server.address() as AddressInfo;
  const asked = request({ port, path, method, agent: false, headers: { "accept-encoding": encodings } }).end();
  const [answer] = await once(asked, "response");
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

describe("the build's files", () => {
  it.each([
    ["gzip, deflate, br, zstd", "brotli", "br"],
    ["gzip, deflate", "gzipped", "gzip"],
    ["", "plain", undefined],
  ])("are sent as they were compressed for who takes '%s'", async (encodings, body, encoding) => {
    const answer = await ask("/_next/static/a.js?dpl=1", encodings);
    expect(answer).toMatchObject({ status: 200, body });
    expect(answer.headers["content-encoding"]).toBe(encoding);
    expect(answer.headers).toMatchObject({
      "content-type": "text/javascript",
      "cache-control": "public,max-age=31536000,immutable",
      vary: "Accept-Encoding",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
    });
  });

  it("are sent without a body to who asks for their head", async () => {
    const { status, headers, body } = await ask("/_next/static/font.woff2", "br", "HEAD");
    expect({ status, body, length: headers["content-length"] }).toEqual({ status: 200, body: "", length: "4" });
  });

  it.each([
    ["GET", "/"],
    ["GET", "/_next/static"],
    ["GET", "/_next/static/no-such.js"],
    ["GET", "/_next/static/../BUILD_ID"],
    ["GET", "/_next/static/%2e%2e/BUILD_ID"],
    ["POST", "/_next/static/a.js"],
  ])("are all that is served: %s %s goes on as it came", async (method, path) => {
    expect((await ask(path, "br", method)).body).toBe(`handed on: ${method} ${path}`);
  });

  it("end an answer, and not the portal, where a newer build took one away", async () => {
    await rm(join(folder, "gone.js"));
    await expect(ask("/_next/static/gone.js")).rejects.toThrow();
    expect((await ask("/_next/static/a.js")).body).toBe("plain");
  });
});
