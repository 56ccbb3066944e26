import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, vi } from "vitest";

/** Of the device that proxies of tests know. */
export const authorization = `Proxy-Authorization: Basic ${Buffer.from("ue:right").toString("base64")}`;

/** A client of the proxy; `heard` waits until what it was told matches. */
export class HttpClient {
  readonly socket: Socket;
  told = "";

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("error", () => {});
    this.socket.on("data", (bytes) => {
      this.told += bytes.toString("latin1");
    });
  }

  ask(method: string, url: string, fields: string[] = [], body = "", version = "1.1"): void {
    const { host } = new URL(url);
    const lines = [`${method} ${url} HTTP/${version}`, `Host: ${host}`, authorization, ...fields];
    this.socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`, "latin1");
  }

  /** Waits for an answer that ends so; the client forgets it then. */
  async heard(end: RegExp): Promise<string> {
    await vi.waitFor(() => expect(this.told).toMatch(end), { timeout: 5000, interval: 5 });
    const { told } = this;
    this.told = "";
    return told;
  }

  async ended(): Promise<string> {
    if (!this.socket.destroyed) await once(this.socket, "close");
    return this.told;
  }
}

/** Servers and clients around a proxy, until `close`. */
export class HttpEnds {
  private readonly undos: (() => void)[] = [];

  /** A web server; `seen` is what it was asked, one text a request. */
  async startWeb(answer: RequestListener): Promise<{ host: string; seen: string[] }> {
    const seen: string[] = [];
    const server = createHttpServer((message, response) => {
      seen.push(`${message.method} ${message.url}`);
      answer(message, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.undos.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
  }

  /** A server that answers by hand. */
  async startRaw(serve: (socket: Socket) => void): Promise<string> {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      serve(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.undos.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param port the proxy's */
  client(port: number): HttpClient {
    const client = new HttpClient(port);
    this.undos.push(() => client.socket.destroy());
    return client;
  }

  close(): void {
    for (const undo of this.undos.splice(0).reverse()) undo();
  }
}
