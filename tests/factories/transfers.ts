import { type ChildProcess, spawn } from "node:child_process";
import { createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { createInterface } from "node:readline";

export type TransferPlan = {
  /** Half of them download, half upload. */
  count: number;
  blocks: number;
  blockBytes: number;
  everyMs: number;
};

export type TransferResult = { whole: number; failures: string[] };

const block = (bytes: number): Buffer => Buffer.alloc(bytes, "transfer ");

function sha256Of({ blocks, blockBytes }: TransferPlan): string {
  const hash = createHash("sha256");
  for (let sent = 0; sent < blocks; sent += 1) hash.update(block(blockBytes));
  return hash.digest("hex");
}

/**
 * What clients run: each asks for one transfer by SOCKS. A download is paced by the server; an upload by the client, which
 * ends it by its FIN and gets the SHA-256 of what arrived.
 */
const script = `
  const [port, user, password, target, planText, sha256] = process.argv.slice(1);
  const plan = JSON.parse(planText);
  const net = require("node:net");
  const { createHash } = require("node:crypto");
  const block = Buffer.alloc(plan.blockBytes, "transfer ");
  const ask = Buffer.concat([
    Buffer.from([5, 1, 2, 1, user.length]), Buffer.from(user), Buffer.from([password.length]), Buffer.from(password),
    Buffer.from([5, 1, 0, 1, 127, 0, 0, 1, target >> 8, target & 255]),
  ]);
  const replyBytes = 2 + 2 + 10;
  const result = { whole: 0, failures: [] };
  let open = plan.count;
  const ended = (failure) => {
    if (failure === null) result.whole += 1;
    else result.failures.push(failure);
    open -= 1;
    if (open === 0) console.log(JSON.stringify(result));
  };
  const transfer = (isDownload) => {
    const socket = net.connect({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
    const hash = createHash("sha256");
    let skip = replyBytes, answer = "", failure = null, left = plan.blocks;
    socket.on("error", (error) => { failure = error.code ?? error.message; });
    socket.on("data", (chunk) => {
      const payload = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - payload.length;
      if (isDownload) hash.update(payload);
      else answer += payload;
    });
    socket.on("end", () => { if (isDownload) socket.end(); });
    socket.on("close", () => {
      const got = isDownload ? hash.digest("hex") : answer;
      ended(failure ?? (got === sha256 ? null : (isDownload ? "download" : "upload") + " not whole"));
    });
    socket.write(ask);
    socket.write(isDownload ? "D" : "U");
    if (isDownload) return;
    const timer = setInterval(() => {
      if (left === 0) socket.end();
      if (left === 0 || socket.destroyed) return clearInterval(timer);
      left -= 1;
      socket.write(block);
    }, plan.everyMs);
  };
  for (let i = 0; i < plan.count; i += 1) transfer(i % 2 === 0);`;

/** Serves paced transfers on the loopback, and runs clients that make them through a SOCKS proxy. */
export class TransferBench {
  private readonly children: ChildProcess[] = [];

  private constructor(
    private readonly plan: TransferPlan,
    private readonly server: Server,
  ) {}

  static async start(plan: TransferPlan): Promise<TransferBench> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      let upload: Hash | null = null;
      socket.on("error", () => {});
      socket.once("data", (first) => {
        if (first[0] === 0x44) {
          let left = plan.blocks;
          const timer = setInterval(() => {
            if (left === 0) socket.end();
            if (left === 0 || socket.destroyed) return clearInterval(timer);
            left -= 1;
            socket.write(block(plan.blockBytes));
          }, plan.everyMs);
          socket.resume();
          return;
        }
        const hash = createHash("sha256").update(first.subarray(1));
        upload = hash;
        socket.on("data", (chunk) => hash.update(chunk));
      });
      socket.on("end", () => {
        if (upload !== null) socket.end(upload.digest("hex"));
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new TransferBench(plan, server);
  }

  /** All transfers of the plan at once, by MPTCP clients of one process; resolves when the last has ended. */
  async run(proxyPort: number, user: string, password: string): Promise<TransferResult> {
    const target = String((this.server.address() as AddressInfo).port);
    const words = [String(proxyPort), user, password, target, JSON.stringify(this.plan), sha256Of(this.plan)];
    const child = spawn("mptcpize", ["run", process.execPath, "-e", script, ...words], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.children.push(child);
    for await (const line of createInterface({ input: child.stdout }))
      if (line.startsWith("{")) return JSON.parse(line);
    throw new Error("the clients ended without a word");
  }

  stop(): void {
    for (const child of this.children) child.kill("SIGKILL");
    this.server.close();
  }
}
