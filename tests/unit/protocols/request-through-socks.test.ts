import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptRequest } from "@/lib/protocols/accept-request";
import { type Host, normaliseHost } from "@/lib/protocols/host";
import { requestThroughSocks } from "@/lib/protocols/request-through-socks";
import { byteByByte, cutAt, cutPlaces, ScriptedStream } from "./scripted-stream";

const credentials = { user: "ue", password: "secret" };
const host: Host = { kind: "name", name: "host.example" };
const reply = (code: number): Buffer => Buffer.from([5, 2, 1, 0, 5, code, 0, 1, 192, 0, 2, 1, 0, 80]);

function ask(chunks: Buffer[]) {
  const stream = new ScriptedStream(chunks);
  return { stream, answer: requestThroughSocks(stream, credentials, host, 443) };
}

describe("requestThroughSocks", () => {
  it("sends everything in one flight, as our own front takes it", async () => {
    const { stream, answer } = ask([reply(0)]);
    await answer;
    const served = await acceptRequest(new ScriptedStream([stream.written]), {
      authenticate: async (user, password) => ({ user, password }),
      viaName: "test",
    });
    expect(served.identity).toEqual(credentials);
    expect(served.request).toMatchObject({ protocol: "socks5", host, port: 443, rest: Buffer.alloc(0) });
  });

  it("understands every split of the replies and keeps early payload", async () => {
    const sent = Buffer.concat([reply(0), Buffer.from("early")]);
    await fc.assert(
      fc.asyncProperty(cutPlaces, async (places) => {
        const { stream, answer } = ask(
          cutAt(
            sent,
            places.map((place) => place % sent.length),
          ),
        );
        const { code, rest } = await answer;
        expect(code).toBe(0);
        const payload = [rest];
        for (let chunk = await stream.read(); chunk !== null; chunk = await stream.read()) payload.push(chunk);
        expect(Buffer.concat(payload).toString()).toBe("early");
      }),
    );
    expect((await ask([sent]).answer).rest.toString()).toBe("early");
    expect((await ask(byteByByte(reply(0))).answer).rest).toHaveLength(0);
  });

  it.each([
    ["a name", Buffer.from([5, 2, 1, 0, 5, 0, 0, 3, 1, 0x61, 0, 80])],
    ["an IPv6 address", Buffer.from([5, 2, 1, 0, 5, 0, 0, 4, ...Array<number>(16).fill(0), 0, 80])],
  ])("takes a reply that names %s", async (_, sent) => {
    expect(await ask([sent]).answer).toEqual({ code: 0, rest: Buffer.alloc(0) });
  });

  it.each([[1], [2], [3], [4], [5], [6], [7], [8]])("gives reply code %i", async (code) => {
    expect((await ask([reply(code)]).answer).code).toBe(code);
  });

  it.each([[9], [91], [255]])("gives the unknown reply code %i as a general failure", async (code) => {
    expect((await ask([reply(code)]).answer).code).toBe(1);
  });

  it.each([
    ["the secret", Buffer.from([5, 2, 1, 1])],
    ["the secret with another status", Buffer.from([5, 2, 1, 255])],
    ["every method", Buffer.from([5, 0xff])],
    ["credentials by choosing none", Buffer.from([5, 0])],
  ])("says SOCKS_REFUSED_CREDENTIALS where the proxy refuses %s", async (_, sent) => {
    await expect(ask([sent]).answer).rejects.toMatchObject({ code: "SOCKS_REFUSED_CREDENTIALS" });
  });

  it.each([
    ["another version", Buffer.from([4, 2])],
    ["HTTP", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["another version of the credentials", Buffer.from([5, 2, 5, 0])],
    ["an unknown address type", Buffer.from([5, 2, 1, 0, 5, 0, 0, 9])],
  ])("says PROTOCOL_BAD for %s", async (_, sent) => {
    await expect(ask([sent]).answer).rejects.toMatchObject({ code: "PROTOCOL_BAD" });
  });

  it("says PROTOCOL_ENDED where the proxy leaves, at every byte", async () => {
    const sent = reply(0);
    for (let length = 0; length < sent.length; length += 1)
      await expect(ask([sent.subarray(0, length)]).answer).rejects.toMatchObject({ code: "PROTOCOL_ENDED" });
  });

  it("asks for every host that a front accepts", async () => {
    const texts = ["a".repeat(63), "192.0.2.1", "2001:db8::1", "::1", "xn--bcher-kva.example", "a_b.example"];
    for (const text of texts) {
      const asked = normaliseHost(text);
      if (asked === null) throw new Error(`${text} is no host`);
      const stream = new ScriptedStream([reply(0)]);
      await requestThroughSocks(stream, credentials, asked, 65_535);
      const options = { authenticate: async (user: string) => user, viaName: "test" };
      const { request } = await acceptRequest(new ScriptedStream([stream.written]), options);
      expect(request).toMatchObject({ host: asked, port: 65_535 });
    }
  });
});
