import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type EventStreamOptions, followEventStream } from "@/lib/shared/event-stream";

type Serve = (response: ServerResponse, request: IncomingMessage, count: number) => void;

const undos: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of undos.splice(0).reverse()) await undo();
});

/** A server of event streams; `serve` gets each response with its head sent. */
async function startServer(serve: Serve, status = 200) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.writeHead(status, { "content-type": "text/event-stream" });
    response.flushHeaders();
    serve(response, request, requests.length);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  undos.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/stream` };
}

function follow(url: string, changes: Partial<EventStreamOptions> = {}) {
  const events: string[] = [];
  const states: [isConnected: boolean, reason: string | null][] = [];
  const stop = followEventStream({
    url,
    headers: () => ({ authorization: "Bearer test" }),
    onEvent: (event) => events.push(event.data),
    onState: (isConnected, reason) => states.push([isConnected, reason]),
    ...changes,
  });
  undos.push(stop);
  return { events, states, stop };
}

describe("followEventStream", () => {
  it("gives events as they come, and sends its headers", async () => {
    const { url, requests } = await startServer((response) => response.write("\uFEFFdata: ä\n\ndata: b\r\r"));
    const { events, states } = follow(url);
    await vi.waitFor(() => expect(events).toEqual(["ä", "b"]));
    expect(requests[0]?.headers).toMatchObject({ authorization: "Bearer test", accept: "text/event-stream" });
    expect(states).toEqual([[true, null]]);
  });

  it("puts a character together that two chunks share", async () => {
    const bytes = Buffer.from("data: ü€😀\n\n");
    const { url } = await startServer(async (response) => {
      for (const byte of bytes) {
        response.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const { events } = follow(url);
    await vi.waitFor(() => expect(events).toEqual(["ü€😀"]));
  });

  it("connects anew after a loss, and tells each change once", async () => {
    const { url } = await startServer((response, _, count) => {
      response.write(`data: ${count}\n\n`);
      if (count === 1) setTimeout(() => response.destroy(), 20);
    });
    const { events, states } = follow(url);
    await vi.waitFor(() => expect(events).toEqual(["1", "2"]), 2000);
    expect(states.map(([isConnected]) => isConnected)).toEqual([true, false, true]);
    expect(states[1]?.[1]).toEqual(expect.any(String));
  });

  it("says where it wants to go on, anew at each connection", async () => {
    const { url, requests } = await startServer((response) => response.end("data: x\n\n"));
    const ids = [null, "7"];
    follow(url, { lastEventId: () => ids.shift() ?? null });
    await vi.waitFor(() => expect(requests.length).toBeGreaterThan(2), 3000);
    expect(requests.slice(0, 3).map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "7", undefined]);
  });

  it("drops what a lost stream left unfinished", async () => {
    const { url } = await startServer((response, _, count) =>
      count === 1 ? response.end("data: half") : response.write("data: whole\n\n"),
    );
    const { events } = follow(url);
    await vi.waitFor(() => expect(events).toEqual(["whole"]), 2000);
  });

  it("says why it is not connected, once", async () => {
    const { url, requests } = await startServer((response) => response.end(), 503);
    const { states } = follow(url);
    await vi.waitFor(() => expect(requests.length).toBeGreaterThan(1), 2000);
    expect(states).toEqual([[false, `${url} answered 503`]]);
  });

  it("takes a silent stream for dead and connects anew", async () => {
    const { url, requests } = await startServer((response) => response.write("data: a\n\n"));
    const { states } = follow(url, { silenceMs: 100 });
    await vi.waitFor(() => expect(requests.length).toBeGreaterThan(1), 1000);
    expect(states[1]).toEqual([false, expect.stringContaining("100 ms")]);
  });

  it("takes a server that never answers for dead", async () => {
    const sockets: unknown[] = [];
    const server = createServer((request) => sockets.push(request));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    undos.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { states } = follow(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { silenceMs: 100 });
    await vi.waitFor(() => expect(sockets.length).toBeGreaterThan(1), 1000);
    expect(states).toHaveLength(1);
  });

  it("keeps a stream whose heartbeats come in time", async () => {
    let beats: NodeJS.Timeout | null = null;
    const { url, requests } = await startServer((response) => {
      beats = setInterval(() => response.write(":\n\n"), 20);
    });
    const { states } = follow(url, { silenceMs: 250 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (beats !== null) clearInterval(beats);
    expect(requests).toHaveLength(1);
    expect(states).toEqual([[true, null]]);
  });

  it("ends the connection where onEvent throws, with its reason", async () => {
    const { url, requests } = await startServer((response) => response.write("data: bad\n\n"));
    const { states } = follow(url, {
      onEvent: () => {
        throw new Error("a bad event");
      },
    });
    await vi.waitFor(() => expect(requests.length).toBeGreaterThan(1), 2000);
    expect(states.slice(0, 2)).toEqual([
      [true, null],
      [false, "a bad event"],
    ]);
  });

  it("comes back ever later while the same event is not taken, though others before it are", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    undos.push(() => void vi.restoreAllMocks());
    const { url, requests } = await startServer((response) => response.write("data: good\n\ndata: bad\n\n"));
    follow(url, {
      onEvent: ({ data }) => {
        if (data === "bad") throw new Error("a bad event");
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(requests.length).toBeGreaterThan(1);
    expect(requests.length).toBeLessThanOrEqual(3);
  });

  it("comes back later where it is told to after 401 and 403, and says what it was", async () => {
    const { url, requests } = await startServer((response) => response.end(), 401);
    const codes: (string | null)[] = [];
    follow(url, { deniedRetryMs: 10_000, onState: (_, __, code) => codes.push(code) });
    const other = await startServer((response) => response.end(), 403);
    follow(other.url);
    await vi.waitFor(() => expect(other.requests.length).toBeGreaterThan(1), 2000);
    expect([requests.length, codes]).toEqual([1, ["STREAM_DENIED"]]);
  });

  it("tells another reason too, with what caused it", async () => {
    const { url } = await startServer((response) => response.end(), 503);
    const { states } = follow(url);
    await vi.waitFor(() => expect(states).toHaveLength(1));
    await Promise.all(undos.splice(0, 1).map((close) => close()));
    const refused = expect.stringMatching(/^fetch failed \(.*ECONNREFUSED/);
    await vi.waitFor(() => expect(states.at(-1)).toEqual([false, refused]), 2000);
  });

  it("closes its socket when it is stopped", async () => {
    const closed = vi.fn();
    const { url, requests } = await startServer((response, request) => {
      response.write("data: a\n\n");
      request.socket.once("close", closed);
    });
    const { events, states, stop } = follow(url);
    await vi.waitFor(() => expect(events).toEqual(["a"]));
    await stop();
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
    expect(states).toEqual([[true, null]]);
    expect(requests).toHaveLength(1);
  });

  it("stops while it waits to connect anew", async () => {
    const { url, requests } = await startServer((response) => response.end(), 500);
    const { states, stop } = follow(url);
    await vi.waitFor(() => expect(states).toHaveLength(1));
    await stop();
    expect(requests).toHaveLength(1);
  });
});
