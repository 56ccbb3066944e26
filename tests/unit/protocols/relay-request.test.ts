import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exchange } from "./exchange-ends";
import { cutPlaces } from "./scripted-stream";

const socks = "\x05\x01\x00\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50";
const connect = "CONNECT host.example:443 HTTP/1.1\r\nHost: host.example\r\n\r\n";
const established = "HTTP/1.1 200 Connection established\r\n\r\n";
const socksEstablished = "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00";

describe("relayRequest", () => {
  it("sends everything through a tunnel", async () => {
    const payloads = fc.string({ unit: "binary-ascii", maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(socks, connect), payloads, cutPlaces, async (ask, payload, places) => {
        const { ends, isKept } = await exchange(`${ask}${payload}`, "", places);
        expect(isKept).toBe(false);
        expect(ends.steps.at(-1)).toBe("relay");
        expect(`${ends.text("upstream")}${await ends.left("client")}`).toBe(payload);
        expect(ends.text("client")).toBe(ask === socks ? socksEstablished : established);
      }),
    );
  });

  it.each([
    ["CONNECT", connect, `${established}early`],
    ["SOCKS5", socks, `${socksEstablished}early`],
  ])("gives the client of %s its answer, then what came early, then the relay", async (_, asked, expected) => {
    const { ends } = await exchange(asked, "", [], Buffer.from("early"));
    expect(ends.text("client")).toBe(expected);
    expect(ends.steps.at(-1)).toBe("relay");
  });
});
