import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptRequest } from "@/lib/protocols/accept-request";
import { type RelayEnds, relayRequest } from "@/lib/protocols/relay-request";
import { cutAt, cutPlaces, ScriptedStream } from "./scripted-stream";

/**
 * Both ends of a connection as bytes: what the client still has to say, what reached the client and the destination,
 * and in which order. `relay` moves the client's bytes as the engine does: after what was written, up to the limit.
 */
class RecordedEnds implements RelayEnds {
  readonly steps: string[] = [];
  private readonly toClient: Buffer[] = [];
  private readonly toUpstream: Buffer[] = [];
  private relayLimit: number | null = null;

  constructor(readonly client: ScriptedStream) {}

  read(): Promise<Buffer | null> {
    return this.client.read();
  }

  write(side: "client" | "upstream", bytes: Uint8Array): void {
    this.steps.push(`write ${side}`);
    (side === "client" ? this.toClient : this.toUpstream).push(Buffer.from(bytes));
  }

  relay(options?: { uploadLimitBytes?: number }): void {
    this.steps.push("relay");
    this.relayLimit = options?.uploadLimitBytes ?? Number.POSITIVE_INFINITY;
  }

  get sentToClient(): string {
    return Buffer.concat(this.toClient).toString("latin1");
  }

  /** Everything the destination gets once the relay has run to its end. */
  async sentUpstream(): Promise<string> {
    const rest: Buffer[] = [];
    for (let chunk = await this.client.read(); chunk !== null; chunk = await this.client.read()) rest.push(chunk);
    const relayed = Buffer.concat(rest).subarray(0, this.relayLimit ?? 0);
    return Buffer.concat([...this.toUpstream, relayed]).toString("latin1");
  }
}

async function relayed(sent: string, places: number[], earlyDownload?: Buffer): Promise<RecordedEnds> {
  const stream = new ScriptedStream(cutAt(Buffer.from(sent, "latin1"), places));
  const { request } = await acceptRequest(stream, { authenticate: null, viaName: "test" });
  const ends = new RecordedEnds(stream);
  await relayRequest(ends, request, earlyDownload);
  return ends;
}

const target = "http://host.example/";
const post = (framing: string): string => `POST ${target} HTTP/1.1\r\nHost: host.example\r\n${framing}\r\n\r\n`;
const forwardedPost = (framing: string): string =>
  `POST / HTTP/1.1\r\nHost: host.example\r\n${framing}\r\nVia: 1.1 test\r\nConnection: close\r\n\r\n`;
const forwardedGet = "GET / HTTP/1.1\r\nHost: host.example\r\nVia: 1.1 test\r\nConnection: close\r\n\r\n";
const socks = "\x05\x01\x00\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50";
const connect = "CONNECT host.example:443 HTTP/1.1\r\nHost: host.example\r\n\r\n";
const established = "HTTP/1.1 200 Connection established\r\n\r\n";
const socksEstablished = "\x05\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00".slice(2);

const bodyText = fc.string({ unit: "binary-ascii", maxLength: 60 });

/** A chunked body as a client may write it: sizes in either case, with and without extensions and trailers. */
const chunkedBody = fc
  .tuple(
    fc.array(
      fc.tuple(
        bodyText.filter((text) => text !== ""),
        fc.constantFrom("", ";a=b", " "),
      ),
      { maxLength: 4 },
    ),
    fc.constantFrom("", "X-Sum: 1\r\n"),
  )
  .map(([chunks, trailer]) => {
    const parts = chunks.map(([text, extension]) => `${text.length.toString(16)}${extension}\r\n${text}\r\n`);
    return `${parts.join("")}0\r\n${trailer}\r\n`;
  });

describe("relayRequest", () => {
  it("sends a body of known length and not a byte of what follows it", async () => {
    await fc.assert(
      fc.asyncProperty(bodyText, bodyText, cutPlaces, async (body, next, places) => {
        const framing = `Content-Length: ${body.length}`;
        const ends = await relayed(`${post(framing)}${body}${next}`, places);
        expect(await ends.sentUpstream()).toBe(`${forwardedPost(framing)}${body}`);
        expect(ends.sentToClient).toBe("");
      }),
    );
  });

  it("sends a chunked body unchanged and not a byte of what follows it", async () => {
    await fc.assert(
      fc.asyncProperty(chunkedBody, bodyText, cutPlaces, async (body, next, places) => {
        const framing = "Transfer-Encoding: chunked";
        const ends = await relayed(`${post(framing)}${body}${next}`, places);
        expect(await ends.sentUpstream()).toBe(`${forwardedPost(framing)}${body}`);
      }),
    );
  });

  it("sends no byte behind a request without a body", async () => {
    await fc.assert(
      fc.asyncProperty(bodyText, cutPlaces, async (next, places) => {
        const ends = await relayed(`GET ${target} HTTP/1.1\r\nHost: host.example\r\n\r\n${next}`, places);
        expect(await ends.sentUpstream()).toBe(forwardedGet);
      }),
    );
  });

  it("sends everything through a tunnel", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(socks, connect), bodyText, cutPlaces, async (ask, payload, places) => {
        const ends = await relayed(`${ask}${payload}`, places);
        expect(await ends.sentUpstream()).toBe(payload);
        expect(ends.sentToClient).toBe(ask === socks ? socksEstablished : established);
      }),
    );
  });

  it.each([
    ["CONNECT", connect, `${established}early`],
    ["SOCKS5", socks, `${socksEstablished}early`],
    ["a forwarded request", `GET ${target} HTTP/1.1\r\nHost: host.example\r\n\r\n`, "early"],
  ])("gives the client of %s its answer, then what came early, then the relay", async (_, sent, expected) => {
    const ends = await relayed(sent, [], Buffer.from("early"));
    expect(ends.sentToClient).toBe(expected);
    expect(ends.steps.at(-1)).toBe("relay");
  });

  it("lets a response pass before a chunked body has ended", async () => {
    const ends = await relayed(`${post("Transfer-Encoding: chunked")}0\r\n\r\n`, []);
    expect(ends.steps).toEqual(["write upstream", "relay", "write upstream"]);
  });

  it("says PROTOCOL_BAD for a malformed chunk and sends nothing from it on", async () => {
    const stream = new ScriptedStream([
      Buffer.from(`${post("Transfer-Encoding: chunked")}3\r\nabc\r\n`),
      Buffer.from("-1\r\nGET /next HTTP/1.1\r\n\r\n"),
    ]);
    const { request } = await acceptRequest(stream, { authenticate: null, viaName: "test" });
    const ends = new RecordedEnds(stream);
    await expect(relayRequest(ends, request)).rejects.toMatchObject({ code: "PROTOCOL_BAD" });
    expect(await ends.sentUpstream()).toBe(`${forwardedPost("Transfer-Encoding: chunked")}3\r\nabc\r\n`);
  });

  it("says PROTOCOL_ENDED where the client leaves inside a chunked body", async () => {
    const sent = `${post("Transfer-Encoding: chunked")}3\r\nab`;
    await expect(relayed(sent, [])).rejects.toMatchObject({ code: "PROTOCOL_ENDED" });
  });
});
