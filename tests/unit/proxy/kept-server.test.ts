import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HttpEnds } from "../../factories/http-ends";
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

describe("a server's connection", () => {
  /** A server that answers by hand, and says on which connection it was asked what. */
  async function startCounting(
    answer: (socket: Socket, path: string) => void,
  ): Promise<{ host: string; asked: string[]; sockets: Socket[] }> {
    const asked: string[] = [];
    const sockets: Socket[] = [];
    const host = await ends.startRaw((socket) => {
      const number = sockets.push(socket);
      socket.on("data", (bytes) => {
        const [method = "", path = ""] = bytes.toString("latin1").split(" ");
        asked.push(`${number} ${method} ${path}`);
        answer(socket, path);
      });
    });
    return { host, asked, sockets };
  }
  const plain = (socket: Socket, path: string): void => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`);
  };

  it("is used again by the same client, for what may be asked twice", async () => {
    const { host, asked } = await startCounting(plain);
    const [client, other] = [ends.client(proxy.port), ends.client(proxy.port)];
    for (const path of ["/1", "/2"]) {
      client.ask("GET", `http://${host}${path}`);
      await client.heard(new RegExp(`${path}$`));
    }
    other.ask("GET", `http://${host}/3`);
    await other.heard(/3$/);
    client.ask("POST", `http://${host}/4`, ["Content-Length: 4"], "body");
    await client.heard(/4$/);
    client.ask("GET", `http://${host}/5`);
    await client.heard(/5$/);
    client.ask("HEAD", `http://${host}/6`);
    await client.heard(/\r\n\r\n/);
    client.ask("GET", `http://${host}/7`);
    await client.heard(/7$/);
    const first = ["1 GET /1", "1 GET /2", "2 GET /3", "3 POST /4"];
    expect(asked).toEqual([...first, "4 GET /5", "4 HEAD /6", "5 GET /7"]);
  });

  it("is left where it was closed meanwhile, says something unasked, or is not to be kept", async () => {
    const { host, asked, sockets } = await startCounting((socket, path) => {
      if (path === "/close") socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
      else if (path === "/old") socket.write("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
      else if (path === "/more")
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 Smuggled\r\n\r\n");
      else plain(socket, path);
    });
    const client = ends.client(proxy.port);
    const get = async (path: string, end = new RegExp(`${path}$`)): Promise<void> => {
      client.ask("GET", `http://${host}${path}`);
      expect(await client.heard(end)).not.toContain("Smuggled");
    };
    await get("/1");
    sockets.at(-1)?.end();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await get("/2");
    sockets.at(-1)?.write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    await new Promise((resolve) => setTimeout(resolve, 50));
    await get("/3");
    for (const path of ["/close", "/old", "/more"]) await get(path, /ok$/);
    await get("/last");
    expect(asked.map((text) => text.replace(" GET", ""))).toEqual([
      ...["1 /1", "2 /2", "3 /3", "3 /close", "4 /old", "5 /more", "6 /last"],
    ]);
  });

  it("that the server closes instead of an answer is replaced once; a new one is told as it is", async () => {
    const { host, asked } = await startCounting((socket, path) => {
      const isFirst = asked.filter((text) => text.endsWith(path)).length === 1;
      if (path === "/gone" || (path === "/2" && isFirst)) socket.resetAndDestroy();
      else plain(socket, path);
    });
    const client = ends.client(proxy.port);
    client.ask("GET", `http://${host}/1`);
    await client.heard(/1$/);
    client.ask("GET", `http://${host}/2`);
    expect(await client.heard(/2$/)).toMatch(/^HTTP\/1\.1 200 /);
    client.ask("GET", `http://${host}/gone`);
    expect(await client.heard(/without an answer\.\n$/)).toMatch(/^HTTP\/1\.1 502 /);
    expect(asked).toEqual(["1 GET /1", "1 GET /2", "2 GET /2", "2 GET /gone", "3 GET /gone"]);
  });

  it("whose server gives it up as it is asked is replaced once; a new one's 408 is told as it is", async () => {
    const { host, asked } = await startCounting((socket, path) => {
      const isFirst = asked.filter((text) => text.endsWith(path)).length === 1;
      if (path === "/slow" || (path === "/2" && isFirst))
        socket.end("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      else plain(socket, path);
    });
    const client = ends.client(proxy.port);
    for (const path of ["/1", "/2"]) {
      client.ask("GET", `http://${host}${path}`);
      expect(await client.heard(new RegExp(`${path}$`))).toMatch(/^HTTP\/1\.1 200 /);
    }
    client.ask("GET", `http://${host}/slow`);
    expect(await client.heard(/\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 408 /);
    expect(asked).toEqual(["1 GET /1", "1 GET /2", "2 GET /2", "2 GET /slow", "3 GET /slow"]);
  });

  it("is not used for what policy refuses by now", async () => {
    const { host, asked } = await startCounting(plain);
    const client = ends.client(proxy.port);
    client.ask("GET", `http://${host}/1`);
    await client.heard(/1$/);
    client.ask("GET", "http://192.0.2.1/");
    await client.heard(/policy.*\n$/);
    client.ask("GET", `http://${host}/2`);
    await client.heard(/2$/);
    expect(asked).toEqual(["1 GET /1", "1 GET /2"]);
  });

  it("ends with its client", async () => {
    const { host, sockets } = await startCounting(plain);
    const client = ends.client(proxy.port);
    client.ask("GET", `http://${host}/1`);
    await client.heard(/1$/);
    const closed = once(sockets[0] ?? client.socket, "close");
    sockets[0]?.resume();
    client.socket.end();
    await closed;
  });
});
