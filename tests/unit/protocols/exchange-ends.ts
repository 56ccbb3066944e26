import { acceptRequest } from "@/lib/protocols/accept-request";
import type { ExchangeEnds } from "@/lib/protocols/exchange-http";
import { relayRequest } from "@/lib/protocols/relay-request";
import { AppError } from "@/lib/shared/errors";
import { cutAt, ScriptedStream } from "./scripted-stream";

type Side = "client" | "upstream";

/**
 * Both ends of a connection as bytes: what each side still has to say, and what reached the other, as the relay engine
 * moves it. A side that ends while its bytes are passed on ends the connection.
 */
export class RecordedEnds implements ExchangeEnds {
  readonly steps: string[] = [];
  readonly sent: Record<Side, Buffer[]> = { client: [], upstream: [] };
  private readonly unread: Record<Side, Buffer | null> = { client: null, upstream: null };

  constructor(
    readonly client: ScriptedStream,
    private readonly server = new ScriptedStream([]),
  ) {}

  read(side: Side): Promise<Buffer | null> {
    const unread = this.unread[side];
    this.unread[side] = null;
    return unread === null ? (side === "client" ? this.client : this.server).read() : Promise.resolve(unread);
  }

  write(side: Side, bytes: Uint8Array): void {
    if (bytes.length > 0) this.steps.push(`write ${side}`);
    this.sent[side].push(Buffer.from(bytes));
  }

  answer(bytes: Uint8Array): void {
    this.write("client", bytes);
  }

  async pass(source: Side, bytes: number): Promise<void> {
    for (let left = bytes; left > 0; ) {
      const chunk = await this.read(source);
      if (chunk === null) throw new AppError("CONNECTION_GONE", "it ended");
      this.write(source === "client" ? "upstream" : "client", chunk.subarray(0, left));
      if (chunk.length > left) this.unread[source] = chunk.subarray(left);
      left -= Math.min(left, chunk.length);
    }
  }

  relay(): void {
    this.steps.push("relay");
  }

  close(how: "flush" | "reset"): void {
    this.steps.push(how);
  }

  text(side: Side): string {
    return Buffer.concat(this.sent[side]).toString("latin1");
  }

  /** What this side said and nobody has taken. */
  async left(side: Side): Promise<string> {
    const parts: Buffer[] = [];
    for (let chunk = await this.read(side); chunk !== null; chunk = await this.read(side)) parts.push(chunk);
    return Buffer.concat(parts).toString("latin1");
  }
}

export type Exchanged = { ends: RecordedEnds; isKept: boolean | Error };

/** Serve the one request that a client says, cut at these places, with a server that answers so. */
export async function exchange(
  asked: string,
  answer: string,
  places: readonly number[] = [],
  early?: Buffer,
): Promise<Exchanged> {
  const stream = new ScriptedStream(cutAt(Buffer.from(asked, "latin1"), places));
  const server = new ScriptedStream(cutAt(Buffer.from(answer, "latin1"), places));
  const { request } = await acceptRequest(stream, { authenticate: null, viaName: "test" });
  const ends = new RecordedEnds(stream, server);
  const isKept = await relayRequest(ends, request, early).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  );
  // The request's body may still be on its way.
  await new Promise((resolve) => setImmediate(resolve));
  return { ends, isKept };
}
