import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { connect as connectTls } from "node:tls";
import { encodeConvert } from "@/lib/protocols/convert";
import { encodeConvertRequest } from "@/lib/protocols/request-through-convert";
import type { DeviceSecret } from "./proxied-get";

/** A source of numbers that repeats itself from its seed. Source: mulberry32, public domain. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const bytes = (...parts: (string | readonly number[] | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part))));
const ported = (port: number): number[] => [port >> 8, port & 255];

/** The first flight of a TLS client, as Node makes it. */
async function clientHello(): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connectTls({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", servername: "a.test" });
  client.on("error", () => undefined);
  const [socket] = await once(server, "connection");
  const [hello] = await once(socket, "data");
  client.destroy();
  socket.destroy();
  server.close();
  return hello;
}

export type ValidMessages = Readonly<Record<string, readonly Buffer[]>>;

/** Messages that the proxy's port takes, by protocol, of a device and for a server that it may reach. */
export async function validMessages(
  { deviceId, secret }: DeviceSecret,
  server: { address: string; port: number },
): Promise<ValidMessages> {
  const address = server.address.split(".").map(Number);
  const place = [...address, ...ported(server.port)];
  const authority = `${server.address}:${server.port}`;
  const basic = `Proxy-Authorization: Basic ${Buffer.from(`${deviceId}:${secret}`).toString("base64")}`;
  const head = (...lines: string[]): Buffer => bytes([...lines, "", ""].join("\r\n"));
  const user = bytes([1, deviceId.length], deviceId, [secret.length], secret);
  const greeting = bytes([5, 2, 0, 2], user);
  const get = head(`GET http://${authority}/ HTTP/1.1`, `Host: ${authority}`, basic);
  const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
  const ends = [192, 0, 2, 1, ...address, ...ported(40_000), ...ported(server.port)];
  const hello = await clientHello();
  return {
    socks5: [
      bytes(greeting, [5, 1, 0, 1], place, "GET / HTTP/1.0\r\n\r\n"),
      bytes(greeting, [5, 1, 0, 3, 9], "localhost", ported(server.port)),
      bytes(greeting, [5, 1, 0, 4], Buffer.alloc(15), [1], ported(server.port)),
      bytes(greeting, [5, 3, 0, 1], place),
    ],
    socks4: [
      bytes([4, 1, ...ported(server.port)], address, `${deviceId}:${secret}`, [0]),
      bytes([4, 1, ...ported(server.port), 0, 0, 0, 1], `${deviceId}:${secret}`, [0], "localhost", [0]),
    ],
    http: [
      get,
      head(`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, basic),
      bytes(head(`POST http://${authority}/ HTTP/1.1`, `Host: ${authority}`, basic, "Content-Length: 5"), "hello", get),
      bytes(
        head(`POST http://${authority}/ HTTP/1.1`, `Host: ${authority}`, basic, "Transfer-Encoding: chunked"),
        "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
      ),
    ],
    convert: [
      encodeConvertRequest(
        { user: deviceId, password: secret },
        { kind: "address", address: server.address },
        server.port,
      ),
      encodeConvertRequest({ user: deviceId, password: secret }, { kind: "name", name: "localhost" }, server.port),
      encodeConvert([{ type: "info" }]),
    ],
    "PROXY header": [
      bytes(signature, [0x21, 0x11, 0, 12], ends, get),
      bytes(`PROXY TCP4 192.0.2.1 ${server.address} 40000 ${server.port}\r\n`, get),
    ],
    tls: [hello, hello.subarray(0, 60)],
  };
}

const numbers = [0, 1, 2, 4, 5, 0x0a, 0x0d, 0x16, 0x20, 0x7f, 0x80, 0xff];

/** A message with one to four bytes or stretches changed, cut out, doubled or put in; or bytes of no message at all. */
export function malformed(random: () => number, messages: readonly Buffer[]): Buffer {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  if (random() < 0.08) return randomBytes(1 + Math.floor(random() * 300));
  let message: Buffer = pick(messages);
  if (random() < 0.05) message = Buffer.concat([message, pick(messages)]);
  for (let edits = 1 + Math.floor(random() * 4); edits > 0; edits -= 1) {
    const at = Math.floor(random() * (message.length + 1));
    const [before, rest] = [message.subarray(0, at), message.subarray(at)];
    const kind = random();
    if (kind < 0.3) message = Buffer.concat([before, Buffer.from([pick(numbers)]), rest.subarray(1)]);
    else if (kind < 0.5) message = Buffer.concat([before, rest.subarray(1 + Math.floor(random() * 4))]);
    else if (kind < 0.7) message = Buffer.concat([before, randomBytes(1 + Math.floor(random() * 4)), rest]);
    else if (kind < 0.8) message = Buffer.concat([before, rest.subarray(0, 20), rest]);
    else if (kind < 0.82)
      message = Buffer.concat([before, Buffer.alloc(2000 + Math.floor(random() * 40_000), 0x41), rest]);
    else message = before;
  }
  return message;
}
