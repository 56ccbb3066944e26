import { connect, createServer, type Socket } from "node:net";
import { errorCode } from "@/lib/shared/errors";

/**
 * Pass connections to `address`:`port` on to the same port of this machine's loopback, until the returned function is
 * called. Where something listens on that port of every address already, it serves this one by itself.
 */
export function forwardPort(address: string, port: number): Promise<() => Promise<void>> {
  return new Promise((resolve, reject) => {
    const open = new Set<Socket>();
    const join = (from: Socket, to: Socket) => {
      open.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        to.destroy();
      });
    };
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (inside) => {
      const outside = connect({ host: "127.0.0.1", port, allowHalfOpen: true, noDelay: true });
      join(inside, outside);
      join(outside, inside);
    });
    const close = () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        for (const socket of open) socket.destroy();
      });
    server.on("error", (error) => {
      if (errorCode(error) === "EADDRINUSE") resolve(async () => {});
      else reject(error);
    });
    server.listen(port, address, () => resolve(close));
  });
}
