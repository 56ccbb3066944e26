import { createHash } from "node:crypto";
import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";

/** The Accounting-Response to a request, written down by RFC 2866 §3 without the product's codec. */
export function responseTo(request: Buffer, secret: string): Buffer {
  const head = Buffer.from([5, request[1] ?? 0, 0, 20]);
  const md5 = createHash("md5").update(head).update(request.subarray(4, 20)).update(secret).digest();
  return Buffer.concat([head, md5]);
}

/** May wait with its answer; null: none. */
type Answer = (request: Buffer, nth: number) => Buffer | null | Promise<Buffer | null>;

export type RadiusResponder = { port: number; requests: Buffer[]; stop: () => void };

/** An accounting server on the loopback that answers as it is told. */
export async function startResponder(answer: Answer): Promise<RadiusResponder> {
  const socket = createSocket("udp4");
  const requests: Buffer[] = [];
  socket.on("message", async (request: Buffer, { port, address }: RemoteInfo) => {
    requests.push(request);
    const response = await answer(request, requests.length);
    if (response !== null) socket.send(response, port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { port: socket.address().port, requests, stop: () => socket.close() };
}
