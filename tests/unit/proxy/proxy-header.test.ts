import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { encodeProxyHeader, parseProxyHeader } from "@/lib/protocols/proxy-protocol";
import { type Ability, requireAbility } from "../../factories/ability";
import { freePort } from "../../factories/free-port";
import { type StartedProxy, startProxy } from "../../factories/started-proxy";

let proxy: StartedProxy | null = null;
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await proxy?.stop();
  proxy = null;
});

const client = { address: "203.0.113.9", port: 40_000 };
const header = encodeProxyHeader({ source: client, destination: { address: "198.51.100.1", port: 1080 } });

/** The content server keeps what it was sent first, and says "content". */
function keepFirst(started: StartedProxy): Promise<Buffer> {
  return new Promise((resolve) => {
    started.content.removeAllListeners("connection").on("connection", (socket) => {
      socket
        .on("error", () => {})
        .once("data", (first: Buffer) => {
          resolve(first);
          socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ncontent");
        });
    });
  });
}

/** A forwarded GET with the device's credentials, straight to the proxy. */
async function get(started: StartedProxy, before: Buffer = Buffer.alloc(0), secret = "right"): Promise<string> {
  const socket = connect(started.port, "127.0.0.1");
  const authority = `127.0.0.1:${started.contentPort}`;
  const credentials = Buffer.from(`ue:${secret}`).toString("base64");
  const lines = [
    `GET http://${authority}/ HTTP/1.1`,
    `Host: ${authority}`,
    `Proxy-Authorization: Basic ${credentials}`,
    "Connection: close",
  ];
  socket.on("error", () => {}).write(Buffer.concat([before, Buffer.from(`${lines.join("\r\n")}\r\n\r\n`)]));
  return text(socket).catch((error: NodeJS.ErrnoException) => error.code ?? "");
}

async function run(command: Ability, args: string[], port: number): Promise<void> {
  const child = spawn(command, args, { stdio: "ignore" });
  ends.push(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  await vi.waitFor(async () => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect").finally(() => socket.destroy());
  }, 10_000);
}

describe("PROXY protocol towards destinations", () => {
  it("goes first, with the client's address, and only to those that are named", async () => {
    proxy = await startProxy(async () => ({ proxyHeaderTo: ["127.0.0.0/8"], proxyHeaderFrom: ["127.0.0.0/8"] }));
    const first = keepFirst(proxy);
    expect(await get(proxy, header)).toMatch(/content$/);
    const parsed = parseProxyHeader(await first);
    const destination = { address: "127.0.0.1", port: proxy.port };
    expect(parsed).toMatchObject({ status: "done", value: { ends: { source: client, destination } } });
    await proxy.stop();
    proxy = await startProxy(async () => ({ proxyHeaderTo: ["192.0.2.0/24"] }));
    const plain = keepFirst(proxy);
    expect(await get(proxy)).toMatch(/content$/);
    expect((await plain).toString()).toMatch(/^GET /);
  });

  it("is what nginx takes its client's address from", async (context) => {
    requireAbility(context, "nginx");
    proxy = await startProxy(async () => ({ proxyHeaderTo: ["127.0.0.0/8"], proxyHeaderFrom: ["127.0.0.0/8"] }));
    const port = await freePort();
    const file = join(proxy.folder, "nginx.conf");
    await writeFile(
      file,
      `daemon off; pid ${proxy.folder}/nginx.pid; error_log ${proxy.folder}/nginx.log;
       events {}
       http {
         access_log off;
         server {
           listen 127.0.0.1:${port} proxy_protocol;
           location / { return 200 "$proxy_protocol_addr:$proxy_protocol_port"; }
         }
       }`,
    );
    await run("nginx", ["-c", file], port);
    expect(await get({ ...proxy, contentPort: port }, header)).toMatch(/203\.0\.113\.9:40000$/);
  });
});

describe("PROXY protocol from balancers", () => {
  it("is demanded of those that are named, in one piece or byte by byte", async () => {
    proxy = await startProxy(async () => ({ proxyHeaderFrom: ["127.0.0.0/8"] }));
    expect(await get(proxy)).toBe("ECONNRESET");
    void keepFirst(proxy);
    expect(await get(proxy, Buffer.from("PROXY TCP4 203.0.113.9 198.51.100.1 40000 1080\r\n"))).toMatch(/content$/);
    const socket = connect({ port: proxy.port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    for (const byte of header) await new Promise((resolve) => socket.write(Buffer.from([byte]), resolve));
    socket.end("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 407 /);
  });

  it("is not taken from anybody else", async () => {
    proxy = await startProxy(async () => ({ proxyHeaderFrom: ["192.0.2.0/24"] }));
    expect(await get(proxy, header)).toMatch(/^HTTP\/1\.1 400 /);
    void keepFirst(proxy);
    expect(await get(proxy)).toMatch(/content$/);
  });

  it("comes from curl (version 1) and HAProxy (version 2)", async (context) => {
    requireAbility(context, "curl", "haproxy");
    proxy = await startProxy(async () => ({ proxyHeaderFrom: ["127.0.0.0/8"] }));
    void keepFirst(proxy);
    const port = await freePort();
    const file = join(proxy.folder, "haproxy.cfg");
    await writeFile(
      file,
      `defaults
         mode tcp
         timeout connect 5s
         timeout client 10s
         timeout server 10s
       listen front
         bind 127.0.0.1:${port}
         server proxy 127.0.0.1:${proxy.port} send-proxy-v2
`,
    );
    await run("haproxy", ["-db", "-f", file], port);
    const url = `http://127.0.0.1:${proxy.contentPort}/`;
    const curl = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)("curl", ["-sS", "--noproxy", "", "--proxy-user", "ue:right", ...args, url])).stdout;
    expect(await curl("--proxy", `http://127.0.0.1:${port}`)).toBe("content");
    expect(await curl("--proxy", `http://127.0.0.1:${proxy.port}`, "--haproxy-protocol")).toBe("content");
  });
});
