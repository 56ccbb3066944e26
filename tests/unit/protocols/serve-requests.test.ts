import { describe, expect, it } from "vitest";
import type { FrontRefusal, FrontRequest } from "@/lib/protocols/accept-request";
import { serveRequests } from "@/lib/protocols/serve-requests";
import { byteByByte, ScriptedStream } from "./scripted-stream";

const head = (...lines: string[]): string => `${lines.join("\r\n")}\r\n\r\n`;
const get = (path: string, ...fields: string[]): string =>
  head(`GET http://host.example${path} HTTP/1.1`, "Host: host.example", ...fields);
const connect = head("CONNECT host.example:443 HTTP/1.1", "Host: host.example");

/** What happened, in order: a path or protocol served, `served`, a refusal's reason, `end`; and what ended it. */
async function served(stream: ScriptedStream, isLast = false): Promise<{ steps: string[]; error: unknown }> {
  const steps: string[] = [];
  const serve = async (request: FrontRequest): Promise<boolean> => {
    steps.push(request.kind === "forward" ? (request.head.toString().split(" ")[1] ?? "") : request.protocol);
    if (request.host.kind === "name" && request.host.name === "refused.example")
      throw request.refuse({ socks: 2, http: 403, text: "not allowed" });
    return request.kind === "forward" && request.isKept;
  };
  const error = await serveRequests({
    stream,
    authenticate: null,
    viaName: "test",
    isLast: () => isLast,
    serve,
    onRefused: ({ message }: FrontRefusal) => steps.push(message),
    onServed: () => void steps.push("served"),
    end: () => steps.push("end"),
    nextRequestMs: 30,
  }).catch((caught: unknown) => caught);
  return { steps, error };
}

describe("serveRequests", () => {
  it.each([
    ["one piece", (bytes: Buffer) => [bytes]],
    ["bytes", byteByByte],
  ])("takes requests in their order until the client leaves, in %s", async (_, cut) => {
    const refused = head("POST http://refused.example/3 HTTP/1.1", "Host: x", "Content-Length: 4");
    const sent = `${get("/1")}\r\n${get("/2")}${refused}body${get("/4")}`;
    const stream = new ScriptedStream(cut(Buffer.from(sent)));
    const { steps, error } = await served(stream);
    expect(error).toBeUndefined();
    expect(steps).toEqual(["/1", "served", "/2", "served", "/3", "not allowed", "served", "/4", "served", "end"]);
    expect(stream.written.toString()).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*\r\n\r\nnot allowed\n$/);
  });

  it("ends with a tunnel, and with a request that is the last", async () => {
    const tunnel = await served(new ScriptedStream([Buffer.from(`${get("/1")}${connect}${get("/2")}`)]));
    expect(tunnel.steps).toEqual(["/1", "served", "http-connect"]);
    const closing = await served(new ScriptedStream([Buffer.from(`${get("/1", "Connection: close")}${get("/2")}`)]));
    expect(closing.steps).toEqual(["/1"]);
    const leaving = await served(new ScriptedStream([Buffer.from(`${get("/1")}${get("/2")}`)]), true);
    expect(leaving.steps).toEqual(["/1"]);
  });

  it.each([
    ["SOCKS behind HTTP", "\x05\x01\x00"],
    [
      "two framings",
      head("POST http://a.example/ HTTP/1.1", "Host: a", "Content-Length: 1", "Transfer-Encoding: chunked"),
    ],
    [
      "a body that is too large to wait for",
      `${head("POST http://refused.example/ HTTP/1.1", "Host: a", "Content-Length: 70000")}x`,
    ],
    [
      "a body that may not come",
      `${head("POST http://refused.example/ HTTP/1.1", "Host: a", "Content-Length: 4", "Expect: 100-continue")}x`,
    ],
  ])("ends with a refusal for %s", async (_, next) => {
    const { error } = await served(new ScriptedStream([Buffer.from(`${get("/1")}${next}`, "latin1")]));
    expect(error).toMatchObject({ code: "PROTOCOL_REFUSED", skipBytes: null });
    const { bytes } = error as FrontRefusal;
    expect(bytes?.toString()).toContain("Connection: close");
  });

  it("ends a client that does not finish its next request", async () => {
    for (const next of ["", "GET http://host"]) {
      const stream = new ScriptedStream([Buffer.from(`${get("/1")}${next}`)]);
      const silent = stream.read.bind(stream);
      stream.read = async () => (await silent()) ?? new Promise<null>((resolve) => setTimeout(resolve, 80, null));
      expect((await served(stream)).steps.slice(0, 3)).toEqual(["/1", "served", "end"]);
    }
  });
});
