import type { Duplex } from "node:stream";

/** One side of a join: a stream over a socket of ours whose peer is a connection of the relay engine. */
export type JoinSide = {
  socket: Duplex;
  /** Whether the end that was read is the peer's FIN: Node shows a reset that comes with the last bytes as an end as well. */
  isWhole(): Promise<boolean>;
  /** Break the peer's connection with RST. */
  reset(): void;
};

async function passEnd(from: JoinSide, to: JoinSide): Promise<void> {
  if (await from.isWhole()) to.socket.end();
  else to.reset();
}

/**
 * Pass bytes both ways, each direction with its own end (FIN, close_notify). What breaks one side breaks the other, so that
 * nobody takes half for the whole; where `plain` has sent all of it before, that is delivered and the rest is dropped.
 */
export function joinSockets(secure: JoinSide, plain: JoinSide): void {
  for (const [from, to] of [
    [secure, plain],
    [plain, secure],
  ] as const) {
    from.socket.pipe(to.socket, { end: false });
    from.socket.once("end", () => void passEnd(from, to));
    // The "close" that follows says what to do.
    from.socket.on("error", () => undefined);
  }
  secure.socket.once("close", () => {
    if (!secure.socket.readableEnded || !secure.socket.writableFinished) plain.reset();
  });
  plain.socket.once("close", () => {
    if (plain.socket.readableEnded) secure.socket.unpipe(plain.socket).resume();
    else secure.reset();
  });
}
