import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { mptcp } from "@/lib/mptcp";
import type { ListenerBox } from "@/lib/mptcp/face";
import { AppError, errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";

/*
 * The process that serves has a Unix socket in the node's folder. One line of JSON each way:
 *
 *   successor  → {"ask":"takeover","box":"…"}   the socket is put into the box; both accept from here on
 *   process    → {"epoch":"…","isMptcp":true}
 *   successor  → {"ask":"serving"}              the process accepts no more and serves its sessions to the end
 *   process    → {}
 *
 *   twinpath reload → {"ask":"reload"}, answered with {} once a successor serves
 *
 * A successor that leaves before it serves changes nothing. An error is answered with {"error":"…"}.
 */
const requestSchema = z.discriminatedUnion("ask", [
  z.object({ ask: z.literal("takeover"), box: z.string() }),
  z.object({ ask: z.literal("serving") }),
  z.object({ ask: z.literal("reload") }),
]);
const errorSchema = z.object({ error: z.string() });
const inheritanceSchema = z.object({ epoch: z.string(), isMptcp: z.boolean() });

type Request = z.infer<typeof requestSchema>;
/** What a process leaves to its successor besides its socket: its telemetry epoch. */
export type Inheritance = z.infer<typeof inheritanceSchema>;

export type ControlHandlers = {
  /** Write down what the successor must know, and put the listening socket into the box. */
  give: (boxPath: string) => Promise<Inheritance>;
  /** The successor serves. */
  retire: () => void;
  /** Have a successor take over; resolves when it has. */
  reload: () => Promise<void>;
};

const socketPath = (folder: string): string => join(folder, "control.sock");
const answerMs = 10_000;

async function answer(request: Request, handlers: ControlHandlers): Promise<object> {
  if (request.ask === "takeover") return handlers.give(request.box);
  if (request.ask === "reload") await handlers.reload();
  else handlers.retire();
  return {};
}

function serveOne(socket: Socket, handlers: ControlHandlers, asked: Set<Promise<void>>, log: Log): void {
  socket.on("error", (error) => log.debug({ reason: error.message }, "control connection lost"));
  const say = (message: object): void => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
  };
  createInterface({ input: socket }).on("line", (line) => {
    const answered = Promise.resolve()
      .then(() => answer(requestSchema.parse(JSON.parse(line)), handlers))
      .then(say, (error: unknown) => say({ error: errorMessage(error) }))
      .finally(() => asked.delete(answered));
    asked.add(answered);
  });
}

/**
 * Serve the node's control socket, for its owner only, in place of the process before. `close(isHandedOver)` removes the
 * file unless a successor's is there by now; `answered` resolves once nobody waits for an answer, within 10 s. Null, with
 * a warning, where the folder takes no such file.
 */
export async function serveControl(
  folder: string,
  handlers: ControlHandlers,
  log: Log,
): Promise<{ close(isHandedOver: boolean): Promise<void>; answered(): Promise<void> } | null> {
  const path = socketPath(folder);
  const ownPath = join(folder, `control-${process.pid}.sock`);
  await mkdir(folder, { recursive: true });
  await rm(ownPath, { force: true });
  const sockets = new Set<Socket>();
  const asked = new Set<Promise<void>>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serveOne(socket, handlers, asked, log);
  });
  try {
    server.listen(ownPath);
    await once(server, "listening");
    await chmod(ownPath, 0o600);
    await rename(ownPath, path);
  } catch (error) {
    server.close();
    log.warn({ path, reason: errorMessage(error) }, "no control socket: restarts break sessions");
    return null;
  }
  server.unref();
  return {
    close: async (isHandedOver) => {
      if (!isHandedOver) await rm(path, { force: true });
      server.close();
      for (const socket of sockets) isHandedOver ? socket.unref() : socket.destroy();
    },
    answered: async () => {
      const late = new AbortController();
      await Promise.race([Promise.all(asked), sleep(answerMs, late.signal)]);
      late.abort();
    },
  };
}

class ControlClient {
  private readonly lines: AsyncIterator<string>;

  private constructor(private readonly socket: Socket) {
    this.lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    socket.on("error", () => {});
  }

  /** Null where no process of the node answers. */
  static async connect(folder: string): Promise<ControlClient | null> {
    const socket = createConnection(socketPath(folder));
    try {
      await once(socket, "connect");
      return new ControlClient(socket);
    } catch {
      return null;
    }
  }

  /** Errors: AppError PROXY_CONTROL with what the process said, or that it left. */
  async ask(request: Request, timeoutMs: number | null): Promise<unknown> {
    this.socket.write(`${JSON.stringify(request)}\n`);
    const timer = timeoutMs === null ? null : setTimeout(() => this.close(), timeoutMs);
    const line = await this.lines.next();
    if (timer !== null) clearTimeout(timer);
    if (line.done === true)
      throw new AppError("PROXY_CONTROL", `The process that serves this node did not answer "${request.ask}".`);
    const message: unknown = JSON.parse(line.value);
    const error = errorSchema.safeParse(message).data?.error;
    if (error !== undefined) throw new AppError("PROXY_CONTROL", error);
    return message;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** What was taken over and not announced yet: until `serving` the process before accepts as well. */
export type Takeover = Inheritance & { box: ListenerBox; serving(): Promise<void>; close(): void };

/**
 * Take the listening socket over from the process that serves this node; null where there is none.
 * Errors: NativeError; AppError PROXY_CONTROL.
 */
export async function takeOver(folder: string): Promise<Takeover | null> {
  const client = await ControlClient.connect(folder);
  if (client === null) return null;
  const boxPath = join(folder, `takeover-${randomUUID().slice(0, 8)}.sock`);
  let box: ListenerBox | null = null;
  const close = (): void => {
    box?.close();
    box = null;
    client.close();
  };
  try {
    box = mptcp.openListenerBox(boxPath);
    const inherited = inheritanceSchema.parse(await client.ask({ ask: "takeover", box: boxPath }, answerMs));
    return { ...inherited, box, close, serving: async () => void (await client.ask({ ask: "serving" }, answerMs)) };
  } catch (error) {
    close();
    throw error;
  } finally {
    await rm(boxPath, { force: true });
  }
}

/**
 * Have the node that runs with this folder replace its process, without a session lost; resolves when that is done.
 * Errors: AppError CLI_NOT_RUNNING; PROXY_CONTROL with the reason.
 */
export async function askReload(folder: string): Promise<void> {
  const client = await ControlClient.connect(folder);
  if (client === null)
    throw new AppError("CLI_NOT_RUNNING", `No proxy runs with ${folder}. Start it, or give its --data-dir.`);
  try {
    await client.ask({ ask: "reload" }, null);
  } finally {
    client.close();
  }
}
