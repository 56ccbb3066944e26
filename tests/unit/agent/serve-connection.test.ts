import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AgentParts } from "@/lib/agent/agent-parts";
import { ConvertUse } from "@/lib/agent/convert-use";
import { ProxyState } from "@/lib/agent/proxy-state";
import { type CompiledPolicy, compilePolicy, shouldUseProxy } from "@/lib/policy";
import { type ConvertTlv, encodeConvert, parseConvert } from "@/lib/protocols/convert";
import { CachingResolver } from "@/lib/shared/caching-resolver";
import { pathsFrom, startAgentFront } from "../../factories/agent-front";
import { collectedLog } from "../../factories/collected-log";
import { startDnsServer } from "../../factories/dns-server";
import { freePort } from "../../factories/free-port";
import { policySnapshot, rule, whiteList } from "../../factories/policy";
import { startDeafPort, startServer } from "../../native/net-ends";

const { log } = collectedLog();
const policy = compilePolicy(
  policySnapshot({
    whiteLists: [whiteList("w", [rule("host", "video.example")])],
  }),
);

const undos: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of undos.splice(0).reverse()) await undo();
});

async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  undos.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

type Ask = (target: string, method?: string) => Promise<string>;

/** An agent's relay engine in front of that proxy. */
function startAgent(proxyPort: number, current: CompiledPolicy | null, changes: Partial<AgentParts> = {}) {
  const usesProxy: AgentParts["policy"]["usesProxy"] = (target) => current !== null && shouldUseProxy(current, target);
  const agent = startAgentFront(proxyPort, { policy: { usesProxy }, log, ...changes });
  undos.push(agent.stop);
  return agent;
}

/** The same; the function asks it and gives the whole answer. */
function startAsking(...options: Parameters<typeof startAgent>): Ask {
  const { port } = startAgent(...options);
  return async (target, method = "GET") => {
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n`);
    const answer = await text(socket);
    socket.end();
    return answer;
  };
}

/** A server's answer, and what the agent's client gets of it. */
const ok = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT";
const web = (body: string): string => `${ok}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const passed = (body: string): string =>
  `${ok}\r\nContent-Length: ${body.length}\r\nVia: 1.1 twinpath-agent\r\nConnection: close\r\n\r\n${body}`;
const established = "HTTP/1.1 200 Connection established\r\n\r\n";

const replies = (code: number): Buffer => Buffer.from([5, 2, 1, 0, 5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
const proxyThatSays = (bytes: Buffer | null): Promise<number> =>
  listen((socket) => socket.once("data", () => (bytes === null ? socket.destroy() : socket.end(bytes))));

describe("a white-listed destination", () => {
  it("is reached through the proxy, with what the proxy sent early", async () => {
    const ask = startAsking(await proxyThatSays(Buffer.concat([replies(0), Buffer.from(web("content"))])), policy);
    expect(await ask("http://video.example/")).toBe(passed("content"));
    expect(await ask("video.example:443", "CONNECT")).toBe(`${established}${web("content")}`);
  });

  it.each([
    ["refuses the destination", replies(2), "403 Forbidden", "does not allow"],
    ["does not reach it", replies(5), "502 Bad Gateway", "could not reach"],
    ["is being drained", replies(1), "503 Service Unavailable", "takes no new connections"],
    ["refuses the secret", Buffer.from([5, 2, 1, 1]), "502 Bad Gateway", "Enrol"],
    ["leaves inside the handshake", Buffer.from([5, 2]), "502 Bad Gateway", "proxy"],
    ["leaves at once", null, "502 Bad Gateway", "proxy"],
    ["speaks another protocol", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), "502 Bad Gateway", "proxy"],
  ])("is refused with the reason where the proxy %s", async (_, says, status, reason) => {
    const answer = await startAsking(await proxyThatSays(says), policy)("http://video.example/");
    expect(answer).toContain(`HTTP/1.1 ${status}\r\n`);
    expect(answer).toContain(reason);
  });

  it("is refused where no path reaches the proxy", async () => {
    const paths = pathsFrom("127.0.0.2", "127.0.0.3");
    const answer = await startAsking(await freePort(), policy, { paths })("http://video.example/");
    expect(answer).toMatch(/^HTTP\/1\.1 502 [\s\S]*No path reaches the proxy/);
  });

  it("is reached over the next link where the first one is gone", async () => {
    const proxyPort = await proxyThatSays(Buffer.concat([replies(0), Buffer.from(web("content"))]));
    const paths = pathsFrom("192.0.2.77", "127.0.0.3");
    expect(await startAsking(proxyPort, policy, { paths })("http://video.example/")).toBe(passed("content"));
  });
});

describe("a proxy that accepts and says nothing", () => {
  afterEach(() => void vi.useRealTimers());

  /** `asked`: it has the request; `left`: the agent has ended the connection. */
  async function silentProxy(): Promise<{ port: number; asked: Promise<void>; left: Promise<unknown> }> {
    let noteSocket = (_: Socket): void => {};
    const socket = new Promise<Socket>((resolve) => {
      noteSocket = resolve;
    });
    const port = await listen((accepted) => accepted.once("data", () => noteSocket(accepted)));
    return { port, asked: socket.then(() => {}), left: socket.then((accepted) => once(accepted, "end")) };
  }

  it("is hung up on after two seconds, and left for the next node", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const silent = await silentProxy();
    const next = await proxyThatSays(Buffer.concat([replies(0), Buffer.from(web("content"))]));
    const ports = [silent.port, next];
    const reasons: string[] = [];
    const steps: string[] = [];
    const proxyState = new ProxyState();
    const ask = startAsking(silent.port, policy, {
      nodes: {
        get current() {
          return { address: "127.0.0.1", port: ports[0] ?? 0 };
        },
        count: ports.length,
        failed: (_, reason) => {
          reasons.push(reason);
          ports.shift();
          return true;
        },
      },
      proxyState,
      reached: () => void steps.push("reached"),
      leaving: async () => void steps.push("left"),
    });
    const answer = ask("http://video.example/");
    await silent.asked;
    expect(proxyState.current.state).toBe("untried");
    vi.advanceTimersByTime(2000);
    await silent.left;
    expect(await answer).toBe(passed("content"));
    expect(reasons).toEqual([expect.stringContaining("says nothing for 2000 ms")]);
    expect([proxyState.current.state, steps.slice(0, 3)]).toEqual(["reached", ["reached", "left", "reached"]]);
  });

  it("is a broken one where there is no other", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const silent = await silentProxy();
    const proxyState = new ProxyState();
    const answer = startAsking(silent.port, policy, { proxyState })("http://video.example/");
    await silent.asked;
    vi.advanceTimersByTime(2000);
    expect(await answer).toMatch(/^HTTP\/1\.1 502 [\s\S]*says nothing for 2000 ms/);
    expect(proxyState.current.state).toBe("failed");
  });
});

describe("with Convert", () => {
  const head = /GET \/ HTTP\/1\.1\r\nHost: video\.example/;
  const answer = (tlv: ConvertTlv, ...more: string[]): Buffer =>
    Buffer.concat([encodeConvert([tlv]), Buffer.from(more.join(""))]);

  /** A proxy that answers by the first byte; keeps what each connection brought first. */
  async function proxyBy(byConvert: Buffer | null): Promise<{ port: number; brought: Buffer[] }> {
    const brought: Buffer[] = [];
    const port = await listen((socket) =>
      socket.once("data", (bytes) => {
        brought.push(bytes);
        if (bytes[0] === 5) socket.end(Buffer.concat([replies(0), Buffer.from(web("by SOCKS"))]));
        else if (byConvert === null) socket.end();
        else socket.end(byConvert);
      }),
    );
    return { port, brought };
  }

  it("asks in one message, with the program's bytes behind it", async () => {
    const proxy = await proxyBy(answer({ type: "extended-tcp-header", header: Buffer.alloc(0) }, web("content")));
    const ask = startAsking(proxy.port, policy, { convert: new ConvertUse(log) });
    expect(await ask("http://video.example/")).toBe(passed("content"));
    expect(await ask("video.example:443", "CONNECT")).toBe(`${established}${web("content")}`);
    expect(proxy.brought).toHaveLength(2);
    expect(proxy.brought[0]?.toString("latin1")).toMatch(head);
    expect(parseConvert(proxy.brought[0] ?? Buffer.alloc(0))).toMatchObject({
      value: { tlvs: [{ type: "connect", port: 80 }, { type: "name", name: "video.example" }, { type: "cookie" }] },
    });
  });

  it.each([
    ["refuses the destination", 32, "403 Forbidden"],
    ["does not reach it", 96, "502 Bad Gateway"],
  ])("is refused with the reason where the proxy %s", async (_, code, status) => {
    const proxy = await proxyBy(answer({ type: "error", code, value: Buffer.alloc(1) }));
    const ask = startAsking(proxy.port, policy, { convert: new ConvertUse(log) });
    expect(await ask("http://video.example/")).toContain(`HTTP/1.1 ${status}\r\n`);
    expect(proxy.brought).toHaveLength(1);
  });

  it.each([
    ["says that it does not support it", answer({ type: "error", code: 2, value: Buffer.alloc(1) })],
    ["answers by HTTP", Buffer.from("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")],
    ["leaves at once", null],
  ])("goes on by SOCKS, and stays with it, where the proxy %s", async (_, says) => {
    const proxy = await proxyBy(says);
    const ask = startAsking(proxy.port, policy, { convert: new ConvertUse(log) });
    expect(await ask("http://video.example/")).toBe(passed("by SOCKS"));
    expect(proxy.brought.map(([first]) => first)).toEqual([1, 5]);
    expect(await ask("http://video.example/")).toBe(passed("by SOCKS"));
    expect(proxy.brought.map(([first]) => first)).toEqual([1, 5, 5]);
  });
});

describe("any other destination", () => {
  let contentPort: number;
  beforeEach(async () => {
    contentPort = await listen((socket) => socket.once("data", () => socket.end(web("direct"))));
  });

  it.each([
    ["while there is no policy", null],
    ["by the policy", policy],
  ])("is reached the normal way %s", async (_, current) => {
    const ask = startAsking(await freePort(), current);
    expect(await ask(`http://127.0.0.1:${contentPort}/`)).toBe(passed("direct"));
    expect(await ask(`http://localhost:${contentPort}/`)).toBe(passed("direct"));
  });

  it("and a white-listed one are asked on one connection, and what was reached is left in between", async () => {
    const brought: string[] = [];
    const proxyPort = await listen((socket) =>
      socket.once("data", () => {
        socket.write(replies(0));
        socket.on("data", (bytes) => {
          brought.push(bytes.toString("latin1").split("\r\n")[0] ?? "");
          socket.end(web("through"));
        });
      }),
    );
    const steps: string[] = [];
    const { port } = startAgent(proxyPort, policy, {
      reached: () => void steps.push("reached"),
      leaving: async () => void steps.push("left"),
    });
    const socket = connect(port, "127.0.0.1");
    const direct = `127.0.0.1:${contentPort}`;
    for (const host of ["video.example", direct, "video.example"])
      socket.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    socket.end();
    const answer = await text(socket);
    expect(answer.match(/through|direct/g)).toEqual(["through", "direct", "through"]);
    expect(brought).toEqual(["GET / HTTP/1.1", "GET / HTTP/1.1"]);
    expect(steps).toEqual(["reached", "left", "left", "reached", "left"]);
  });

  it("is reached at the address that answers, where its name has another one", async () => {
    const deaf = await startDeafPort();
    const server = await startServer((socket) => socket.end("HTTP/1.1 204 No Content\r\n\r\n"), "127.0.0.2", deaf.port);
    const addresses = ["127.0.0.1", "127.0.0.2"];
    const dns = await startDnsServer((_, family) => ({ addresses: family === 4 ? addresses : [], ttlSeconds: 60 }));
    undos.push(dns.close, server.close, deaf.close);
    const ask = startAsking(await freePort(), null, { resolver: new CachingResolver([dns.server]) });
    const began = performance.now();
    expect(await ask(`http://two.example:${deaf.port}/`)).toMatch(/^HTTP\/1\.1 204 /);
    expect(performance.now() - began).toBeLessThan(1500);
  });

  it("is refused with the reason where it cannot be reached", async () => {
    const ask = startAsking(await freePort(), policy);
    expect(await ask(`http://127.0.0.1:${await freePort()}/`)).toMatch(/^HTTP\/1\.1 502 [\s\S]*ECONNREFUSED/);
    expect(await ask("http://nobody.invalid/")).toMatch(/^HTTP\/1\.1 502 [\s\S]*ENOTFOUND/);
    expect(await ask("/no-proxy-request")).toMatch(/^HTTP\/1\.1 400 /);
  });
});
