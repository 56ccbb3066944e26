import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export type StartedServer = { server: Server; port: number; sockets: Socket[]; close: () => Promise<void> };

/** A plain TCP server on loopback. Half-open is allowed, so that each test ends its directions itself. */
export async function startServer(
  onSocket: (socket: Socket) => void,
  host = "127.0.0.1",
  wantedPort = 0,
): Promise<StartedServer> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  server.listen(wantedPort, host, 4096);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    sockets,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A connected client that does not end by itself when the other side does. */
export async function dial(port: number, host = "127.0.0.1"): Promise<Socket> {
  const socket = connect({ port, host, allowHalfOpen: true });
  await once(socket, "connect");
  socket.on("error", () => undefined);
  socket.setNoDelay(true);
  return socket;
}

export type Received = { bytes: number; sha256: string; end: "fin" | string };

/** Read everything: how many bytes, their hash, and whether FIN or which error ended it. */
export function receiveAll(socket: Socket, pauseMs = 0): Promise<Received> {
  const hash = createHash("sha256");
  let bytes = 0;
  return new Promise((resolve) => {
    let isFinished = false;
    const finish = (end: string) => {
      if (!isFinished) resolve({ bytes, sha256: hash.digest("hex"), end });
      isFinished = true;
    };
    socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      hash.update(chunk);
      if (pauseMs === 0) return;
      socket.pause();
      void sleep(pauseMs).then(() => socket.resume());
    });
    socket.once("end", () => finish("fin"));
    socket.once("error", (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
  });
}

/** Wait for exactly `length` bytes. */
export async function receive(socket: Socket, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let got = 0;
  while (got < length) {
    const part = socket.read(Math.min(length - got, Math.max(socket.readableLength, 1))) as Buffer | null;
    if (part) {
      parts.push(part);
      got += part.length;
    } else {
      await once(socket, "readable");
    }
  }
  return Buffer.concat(parts);
}

/** Random bytes with their hash. */
export function makePayload(length: number): { bytes: Buffer; sha256: string } {
  const bytes = randomBytes(length);
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** A loopback port that answers no SYN, because the backlog of its listener is full. */
export async function startDeafPort(): Promise<{ port: number; close: () => void }> {
  const script = [
    "import socket, sys",
    "s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(0)",
    "full = []",
    "for _ in range(4):",
    "  c = socket.socket(); c.setblocking(False); c.connect_ex(s.getsockname()); full.append(c)",
    "print(s.getsockname()[1], flush=True); sys.stdin.read()",
  ].join("\n");
  const child = spawn("python3", ["-c", script], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { port: Number(line.toString()), close: () => child.stdin.end() };
}
