import { execFile } from "node:child_process";
import { Agent, type IncomingMessage, type RequestListener, request } from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { requireAbility } from "../../factories/ability";
import { authorization, HttpEnds } from "../../factories/http-ends";
import { policySnapshot, rule, serviceClass, whiteList } from "../../factories/policy";
import { type StartedProxy, startProxy } from "../../factories/started-proxy";

const ends = new HttpEnds();
let proxy: StartedProxy;
beforeEach(async () => {
  proxy = await startProxy();
});
afterEach(async () => {
  ends.close();
  await proxy.stop();
});

const echo: RequestListener = (message, response) => {
  void text(message).then((body) => {
    const answer = `${message.url}|${body}`;
    response.setHeader("Content-Length", Buffer.byteLength(answer)).end(answer);
  });
};

describe("one client connection", () => {
  it("asks one server after the other, and each sees its own requests alone", async () => {
    const one = await ends.startWeb(echo);
    const other = await ends.startWeb(echo);
    const client = ends.client(proxy.port);
    client.ask("GET", `http://${one.host}/1`);
    expect(await client.heard(/\/1\|$/)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Via: 1\.1 twinpath\r\n/);
    client.ask("POST", `http://${other.host}/2`, ["Content-Length: 4"], "body");
    await client.heard(/\/2\|body$/);
    client.ask("PUT", `http://${one.host}/3`, ["Transfer-Encoding: chunked"], "3\r\nabc\r\n0\r\n\r\n");
    await client.heard(/\/3\|abc$/);
    client.ask("GET", "http://192.0.2.1/4");
    expect(await client.heard(/policy.*\n$/)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    client.ask("HEAD", "http://192.0.2.1/5");
    expect(await client.heard(/\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    client.ask("GET", `http://${other.host}/6`, ["Connection: close"]);
    expect(await client.ended()).toMatch(/Connection: close\r\n[\s\S]*\/6\|$/);
    expect(one.seen).toEqual(["GET /1", "PUT /3"]);
    expect(other.seen).toEqual(["POST /2", "GET /6"]);
    await vi.waitFor(() => expect(proxy.ended()).toHaveLength(1));
    expect(proxy.ended()[0]).toMatchObject({ destination: other.host, end: { reason: "finished" } });
  });

  it("answers in order what is asked at once", async () => {
    const slow = await ends.startWeb((message, response) => void setTimeout(() => echo(message, response), 80));
    const quick = await ends.startWeb(echo);
    const client = ends.client(proxy.port);
    client.socket.cork();
    client.ask("GET", `http://${slow.host}/a`);
    client.ask("POST", `http://${quick.host}/b`, ["Content-Length: 2"], "bb");
    client.ask("POST", `http://${slow.host}/c`, ["Transfer-Encoding: chunked"], "1\r\nc\r\n0\r\n\r\n\r\n");
    client.ask("GET", `http://${quick.host}/d`, ["Connection: close"]);
    client.socket.uncork();
    const told = await client.ended();
    expect([...told.matchAll(/\r\n\r\n([^|]*\|[a-z]*)/g)].map(([, body]) => body)).toEqual([
      "/a|",
      "/b|bb",
      "/c|c",
      "/d|",
    ]);
    expect(slow.seen).toEqual(["GET /a", "POST /c"]);
  });

  it("is answered what it asks during an answer, and what it asked before it ended its direction", async () => {
    const slow = await ends.startWeb((message, response) => void setTimeout(() => echo(message, response), 150));
    const client = ends.client(proxy.port);
    client.ask("GET", `http://${slow.host}/a`);
    await vi.waitFor(() => expect(slow.seen).toEqual(["GET /a"]));
    client.ask("POST", `http://${slow.host}/b`, ["Content-Length: 2"], "bb");
    await client.heard(/\/a\|[\s\S]*\/b\|bb$/);
    client.ask("GET", `http://${slow.host}/c`);
    client.socket.end();
    expect(await client.ended()).toMatch(/\/c\|$/);
    expect(slow.seen).toEqual(["GET /a", "POST /b", "GET /c"]);
  });

  it.each([
    ["of known length", (size: number) => ({ "Content-Length": size })],
    ["in chunks", () => ({})],
  ])("goes on after a large answer %s, and all bytes are counted", async (_, fields) => {
    const size = 3_000_000;
    const web = await ends.startWeb((_message, response) => {
      response.writeHead(200, fields(size));
      for (let sent = 0; sent < size; sent += 100_000) response.write("x".repeat(100_000));
      response.end();
    });
    const client = ends.client(proxy.port);
    let bytes = 0;
    client.socket.on("data", (chunk) => {
      bytes += chunk.length;
    });
    for (const path of ["/1", "/2"]) {
      client.ask("GET", `http://${web.host}${path}`);
      const told = await client.heard(/(x|\r\n0\r\n\r\n)$/);
      let all = told;
      while ((all.match(/x{50}/g)?.length ?? 0) * 50 < size - 50 * 40) all += await client.heard(/(x|\n)$/);
      expect(all.replace(/^[\s\S]*?\r\n\r\n/, "").replace(/[^x]/g, "")).toHaveLength(size);
    }
    client.socket.end();
    await client.ended();
    await vi.waitFor(() => expect(proxy.ended()).toHaveLength(1));
    const [session] = proxy.ended();
    expect((session?.downloadBytes ?? 0) + (session?.handshakeDownloadBytes ?? 0)).toBe(bytes);
    expect(session).toMatchObject({ handshakeDownloadBytes: 0, end: { reason: "finished" } });
  });

  it("is told who it must be, and may say so on the same connection", async () => {
    const web = await ends.startWeb(echo);
    const client = ends.client(proxy.port);
    const url = `http://${web.host}/x`;
    client.socket.write(`POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody`);
    const refused = await client.heard(/id and secret.*\n$/);
    expect(refused).toMatch(/^HTTP\/1\.1 407 [\s\S]*Proxy-Authenticate: Basic /);
    expect(refused).not.toContain("Connection: close");
    client.ask("POST", url, ["Content-Length: 4"], "body");
    await client.heard(/\/x\|body$/);
    expect(web.seen).toHaveLength(1);
  });

  it("may end in a tunnel", async () => {
    const web = await ends.startWeb(echo);
    const client = ends.client(proxy.port);
    client.ask("GET", `http://${web.host}/1`);
    await client.heard(/\/1\|$/);
    const authority = `127.0.0.1:${proxy.contentPort}`;
    client.socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n\r\n`);
    await client.heard(/200 Connection established\r\n\r\n$/);
    client.socket.end("echoed");
    expect(await client.ended()).toBe("echoed");
  });

  it("ends, told so, where the request is ambiguous, and no server sees it", async () => {
    const web = await ends.startWeb(echo);
    const client = ends.client(proxy.port);
    client.ask("GET", `http://${web.host}/1`);
    await client.heard(/\/1\|$/);
    client.ask("POST", `http://${web.host}/2`, ["Content-Length: 4", "Transfer-Encoding: chunked"], "0\r\n\r\n");
    expect(await client.ended()).toMatch(/^HTTP\/1\.1 400 [\s\S]*Connection: close\r\n/);
    expect(web.seen).toEqual(["GET /1"]);
  });

  it("answers for itself: TRACE, OPTIONS of the proxy, the last hop", async () => {
    const web = await ends.startWeb(echo);
    const client = ends.client(proxy.port);
    client.ask("TRACE", `http://${web.host}/`);
    expect(await client.heard(/TRACE\.\n$/)).toMatch(/^HTTP\/1\.1 405 [\s\S]*Allow: CONNECT, /);
    client.ask("OPTIONS", `http://${web.host}/`, ["Max-Forwards: 0"]);
    expect(await client.heard(/\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 204 /);
    client.socket.write(`OPTIONS * HTTP/1.1\r\nHost: x\r\n${authorization}\r\n\r\n`);
    expect(await client.heard(/\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 204 /);
    expect(web.seen).toEqual([]);
  });
});

describe("an answer", () => {
  it("in chunks reaches an HTTP/1.0 client without them, and ends with the connection", async () => {
    const web = await ends.startWeb((_message, response) => {
      response.write("first,");
      response.write("x".repeat(50_000));
      response.end(",last");
    });
    const client = ends.client(proxy.port);
    client.ask("GET", `http://${web.host}/`, [], "", "1.0");
    const told = await client.ended();
    expect(told).not.toMatch(/transfer-encoding/i);
    const [head, body = ""] = told.split("\r\n\r\n");
    expect(head).toMatch(/\r\nConnection: close$/);
    expect(body.replace("x".repeat(50_000), "all")).toBe("first,all,last");
  });

  it("keeps its trailers and its interim answers", async () => {
    const web = await ends.startWeb((_message, response) => {
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      response.writeHead(200, { Trailer: "X-Sum" });
      response.write("body");
      response.addTrailers({ "X-Sum": "1" });
      response.end();
    });
    const client = ends.client(proxy.port);
    client.ask("GET", `http://${web.host}/`);
    const told = await client.heard(/\r\n0\r\nX-Sum: 1\r\n\r\n$/);
    expect(told).toMatch(/^HTTP\/1\.1 103 Early Hints\r\n[\s\S]*HTTP\/1\.1 200 OK\r\n/);
  });

  it("before the end of the request is the client's last", async () => {
    const host = await ends.startRaw((socket) => {
      socket.once("data", () => {
        socket.end("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nstop");
      });
    });
    const client = ends.client(proxy.port);
    client.ask("POST", `http://${host}/`, ["Content-Length: 1000000"], "x".repeat(100_000));
    expect(await client.ended()).toMatch(/^HTTP\/1\.1 413 [\s\S]*Connection: close\r\n[\s\S]*stop$/);
  });

  it.each([
    ["ends", (socket: Socket) => socket.end()],
    ["breaks", (socket: Socket) => socket.resetAndDestroy()],
    ["speaks another protocol", (socket: Socket) => socket.write("220 mail.example ready\r\n")],
  ])("that does not come is told as 502, and the client goes on: the server %s", async (_, fail) => {
    const host = await ends.startRaw((socket) => socket.once("data", () => fail(socket)));
    const web = await ends.startWeb(echo);
    const client = ends.client(proxy.port);
    client.ask("GET", `http://${host}/`);
    expect(await client.heard(/The server was reached, but .*\n$/)).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    client.ask("GET", `http://${web.host}/next`);
    await client.heard(/\/next\|$/);
  });

  it("that breaks off is not taken for whole", async () => {
    const host = await ends.startRaw((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")),
    );
    const client = ends.client(proxy.port);
    client.ask("GET", `http://${host}/`);
    expect(await client.ended()).toMatch(/half$/);
  });

  it("of 100 to a client that waits for it lets the body go", async () => {
    const web = await ends.startWeb(echo);
    const client = ends.client(proxy.port);
    client.ask("PUT", `http://${web.host}/w`, ["Content-Length: 4", "Expect: 100-continue"]);
    expect(await client.heard(/\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 100 Continue\r\n/);
    client.socket.write("body");
    await client.heard(/\/w\|body$/);
  });

  it("of 101 opens a tunnel for WebSocket", async () => {
    const host = await ends.startRaw((socket) => {
      socket.once("data", (head) => {
        expect(head.toString()).toMatch(/Upgrade: websocket\r\n[\s\S]*Connection: upgrade\r\n/);
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello");
        socket.on("data", (bytes) => socket.write(`<${bytes.toString()}>`));
      });
    });
    const client = ends.client(proxy.port);
    client.ask("GET", `http://${host}/`, ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: a"]);
    expect(await client.heard(/hello$/)).toMatch(/^HTTP\/1\.1 101 /);
    client.socket.write("frame");
    await client.heard(/^<frame>$/);
  });

  it("is capped as any download is", async () => {
    proxy.portal.send({
      type: "snapshot",
      snapshot: policySnapshot({
        version: 9,
        whiteLists: [whiteList("here", [rule("cidr", "127.0.0.0/8")])],
        allowedPrivateRanges: ["127.0.0.0/8"],
        serviceClasses: [serviceClass("gold", { totalRateKbps: 8000 })],
      }),
    });
    const web = await ends.startWeb((_message, response) => {
      for (let sent = 0; sent < 1_000_000; sent += 4000) response.write("x".repeat(4000));
      response.end();
    });
    await vi.waitFor(() => expect(proxy.portal.batches.at(-1)?.node.policyVersion).toBe(9));
    const client = ends.client(proxy.port);
    const began = performance.now();
    client.ask("GET", `http://${web.host}/`, ["Connection: close"]);
    expect((await client.ended()).replace(/[^x]/g, "").length).toBeGreaterThanOrEqual(1_000_000);
    expect(performance.now() - began).toBeGreaterThan(800);
  });
});

describe("real clients", () => {
  const run = promisify(execFile);
  const curl = async (...args: string[]): Promise<{ stdout: string; stderr: string }> => {
    const through = ["-sSv", "--noproxy", "", "--proxy", `http://127.0.0.1:${proxy.port}`, "--proxy-user", "ue:right"];
    return run("curl", [...through, ...args]);
  };

  it("curl uses its connection again, also for another server, and after 407", async (context) => {
    requireAbility(context, "curl");
    const one = await ends.startWeb(echo);
    const other = await ends.startWeb(echo);
    const { stdout, stderr } = await curl("--proxy-anyauth", `http://${one.host}/1`, `http://${other.host}/2`);
    expect(stdout).toBe("/1|/2|");
    expect(stderr.match(/Re-?using existing/gi)).not.toBeNull();
    await vi.waitFor(() => expect(proxy.ended()).toHaveLength(1));
  });

  it("curl waits for 100, and takes chunks by HTTP/1.0", async (context) => {
    requireAbility(context, "curl");
    const web = await ends.startWeb((message, response) => {
      void text(message).then((body) => {
        response.write(`got ${body.length},`);
        response.end("end");
      });
    });
    const began = performance.now();
    const big = ["--expect100-timeout", "10", "-H", "Expect: 100-continue", "--data-binary", "x".repeat(100_000)];
    const posted = await curl(...big, `http://${web.host}/`);
    expect(posted.stdout).toBe("got 100000,end");
    expect(posted.stderr).toContain("100 Continue");
    expect(performance.now() - began).toBeLessThan(8000);
    const old = await curl("-0", `http://${web.host}/`);
    expect(old.stdout).toBe("got 0,end");
  });

  it("wget fetches two files", async (context) => {
    requireAbility(context, "wget");
    const web = await ends.startWeb(echo);
    const proxyUrl = `http://ue:right@127.0.0.1:${proxy.port}`;
    const urls = [`http://${web.host}/1`, `http://${web.host}/2`];
    const { stdout } = await run("wget", ["-q", "-O", "-", "-e", `http_proxy=${proxyUrl}`, "-e", "no_proxy=", ...urls]);
    expect(stdout).toBe("/1|/2|");
  });

  it("Node's agent keeps its connection", async () => {
    const web = await ends.startWeb(echo);
    const other = await ends.startWeb(echo);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const get = (host: string, path: string): Promise<{ body: string; isReused: boolean }> =>
      new Promise((resolve, reject) => {
        const headers = { Host: host, "Proxy-Authorization": authorization.replace(/^[^:]*: /, "") };
        const asked = request(
          { host: "127.0.0.1", port: proxy.port, path: `http://${host}${path}`, headers, agent },
          (answer: IncomingMessage) => {
            void text(answer).then((body) => resolve({ body, isReused: asked.reusedSocket }));
          },
        );
        asked.once("error", reject).end();
      });
    expect(await get(web.host, "/1")).toEqual({ body: "/1|", isReused: false });
    expect(await get(other.host, "/2")).toEqual({ body: "/2|", isReused: true });
    expect(await get(web.host, "/3")).toEqual({ body: "/3|", isReused: true });
  });
});
