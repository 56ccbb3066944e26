import { connect, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { noNodeSettings } from "@/lib/contracts/nodes";
import { encodeSocksGreeting, encodeSocksRequest, encodeSocksUserPassword } from "@/lib/protocols/socks5";
import { sleep } from "@/lib/shared/sleep";
import { authorization, HttpEnds } from "../../factories/http-ends";
import { type StartedProxy, startProxy } from "../../factories/started-proxy";
import { startDeafPort } from "../../native/net-ends";

const ends = new HttpEnds();
const host = { kind: "address", address: "127.0.0.1" } as const;
let proxy: StartedProxy;
let deaf: Awaited<ReturnType<typeof startDeafPort>>;
beforeEach(async () => {
  deaf = await startDeafPort();
  proxy = await startProxy();
  const settings = { ...noNodeSettings, handshakeTimeoutSeconds: 1 };
  proxy.portal.send({
    type: "order",
    order: { revision: 1, isDraining: false, restarts: 0, settings, isCredentialDue: false },
  });
  await vi.waitFor(() => expect(proxy.portal.batches.at(-1)?.node.settings?.handshakeTimeoutSeconds).toBe(1), 5000);
});
afterEach(async () => {
  ends.close();
  await proxy.stop();
  deaf.close();
});

/** All that the proxy answers to this, until it ends the connection. */
function answerTo(...asked: (string | Buffer)[]): Promise<Buffer> {
  const socket: Socket = connect(proxy.port, "127.0.0.1").on("error", () => {});
  for (const bytes of asked) socket.write(bytes);
  return buffer(socket);
}

describe("longer than a handshake may take", () => {
  it("a destination is dialled that does not answer, and every protocol is told so", async () => {
    const authority = `127.0.0.1:${deaf.port}`;
    const head = (line: string): string => `${line} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`;
    const userId = Buffer.from("ue:right\0");
    const [tunnel, forwarded, kept, socks5, socks4] = await Promise.all([
      answerTo(`${head(`CONNECT ${authority}`)}\r\n`),
      answerTo(`${head(`GET http://${authority}/`)}Connection: close\r\n\r\n`),
      answerTo(`${head(`GET http://${authority}/1`)}\r\n${head("OPTIONS *")}Connection: close\r\n\r\n`),
      answerTo(
        encodeSocksGreeting([2]),
        encodeSocksUserPassword("ue", "right"),
        encodeSocksRequest(1, host, deaf.port),
      ),
      answerTo(Buffer.from([4, 1, deaf.port >> 8, deaf.port & 255, 127, 0, 0, 1]), userId),
    ]);
    for (const answer of [tunnel, forwarded, kept])
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 504 Gateway Timeout\r\n[\s\S]*ETIMEDOUT/);
    expect(kept.toString()).toMatch(/ETIMEDOUT[\s\S]*HTTP\/1\.1 204 /);
    expect(socks5.subarray(0, 6)).toEqual(Buffer.from([5, 2, 1, 0, 5, 6]));
    expect(socks4.subarray(0, 2)).toEqual(Buffer.from([0, 91]));
  });

  it("a client that was refused by policy is waited for", async () => {
    const web = await ends.startWeb((_, response) => void response.end("served"));
    const client = ends.client(proxy.port);
    client.ask("GET", "http://192.0.2.1/");
    await client.heard(/policy.*\n$/);
    await sleep(2500);
    client.ask("GET", `http://${web.host}/`);
    await client.heard(/served$/);
  });
});
