import { connect } from "node:net";

/** What became of one input: the first bytes of an answer, the connection's end, neither in time, or no connection at all. */
export type InputOutcome = "answered" | "closed" | "late" | "refused";

export type InputPlace = { port: number; address: string; localAddress?: string };

/**
 * Send one input on a connection of its own and see what comes of it. `ending`: the client then says that it has no more
 * (`fin`), breaks off (`reset`, which asks for nothing), or waits.
 */
export function sendInput(
  place: InputPlace,
  input: Buffer,
  ending: "fin" | "reset" | "wait",
  deadlineMs: number,
): Promise<InputOutcome> {
  return new Promise((resolve) => {
    const { port, address: host, localAddress } = place;
    let [outcome, isConnected]: [InputOutcome, boolean] = ["closed", false];
    const socket = connect({
      port,
      host,
      ...(localAddress === undefined ? {} : { localAddress }),
      allowHalfOpen: true,
    });
    const timer = setTimeout(() => {
      outcome = "late";
      socket.resetAndDestroy();
    }, deadlineMs);
    socket.once("connect", () => {
      isConnected = true;
      if (ending === "fin") socket.end(input);
      else socket.write(input, () => ending === "reset" && socket.resetAndDestroy());
    });
    socket.once("data", () => {
      outcome = "answered";
      // A client that knows enough leaves: no port of the machine is kept busy by it.
      socket.resetAndDestroy();
    });
    socket.once("end", () => socket.resetAndDestroy());
    socket.on("error", () => undefined);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(isConnected ? outcome : "refused");
    });
  });
}

/** Do this so often, some at once; `work` is given a running number. */
export async function inTurns(count: number, atOnce: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const n = next;
      next += 1;
      await work(n);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
}
