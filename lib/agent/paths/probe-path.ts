import { connect } from "node:net";
import type { SocketAddress } from "@/lib/mptcp/face";

export type ProbeAnswer =
  | { rttMs: number }
  /** `isFinal`: more patience would not help, the way is barred. */
  | { reason: string; isFinal: boolean };

/** Less than TCP's second, after which it repeats the SYN: what answers then says nothing of the round trip. */
const patienceMs = 950;

/**
 * Ask the proxy over one path (undefined: the kernel's choice): a TCP handshake from that address, ended at once by a
 * reset so that nothing lingers. Of a handshake in which no byte follows, the proxy's sessions hear nothing.
 */
export function probePath(proxy: SocketAddress, localAddress: string | undefined): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const startMs = performance.now();
    const socket = connect({
      host: proxy.address,
      port: proxy.port,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    const finish = (answer: ProbeAnswer): void => {
      clearTimeout(timer);
      // A reset would wait for the connection.
      if (socket.connecting) socket.destroy();
      else socket.resetAndDestroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish({ reason: "no answer", isFinal: false }), patienceMs).unref();
    socket.once("connect", () => finish({ rttMs: performance.now() - startMs }));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      finish({ reason: `the proxy cannot be asked (${error.code ?? error.message})`, isFinal: true }),
    );
  });
}
