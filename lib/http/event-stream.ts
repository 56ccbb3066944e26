import { processSingleton } from "@/lib/services/process-singleton";
import { AppError } from "@/lib/shared/errors";

/** What may wait for a slow client; one with more is cut off and has to connect anew. */
const defaultMaxQueuedBytes = 4 * 1024 * 1024;
const defaultRecheckMs = 30_000;

type StreamedEvent = { type: string };
export type SendEvent = (event: StreamedEvent, id?: number) => void;

/** `recheck` asks `isStillAllowed` now; `close` ends the stream, so that the client connects anew. */
export type StreamControl = { recheck: () => void; close: () => void };

type EventStreamOptions = {
  request: Request;
  heartbeatMs: number;
  /** Whether the caller may still read; asked every `recheckMs` (30 s). */
  isStillAllowed: () => Promise<boolean>;
  recheckMs?: number;
  /** 4 MB where absent. */
  maxQueuedBytes?: number;
  /** Begin to send; gives what stops it. What it throws becomes the answer. */
  start: (send: SendEvent, control: StreamControl) => Promise<() => void>;
};

type OpenStreams = { streams: Set<EventStream>; isStopping: boolean };

/**
 * Streams never end by themselves: a stop of the process closes them and refuses new ones, or the server, which waits
 * for every answer to end, would wait for ever.
 */
function openStreams(): OpenStreams {
  return processSingleton("event-streams", () => {
    const open: OpenStreams = { streams: new Set(), isStopping: false };
    const closeAll = (): void => {
      open.isStopping = true;
      for (const stream of [...open.streams]) stream.close();
    };
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, closeAll);
    return open;
  });
}

/** So many streams a second connect anew where a portal is lost or stops; within these limits. */
const reconnectsPerSecond = 200;
const shortestSpreadMs = 400;
const longestSpreadMs = 30_000;

/** Over how long clients shall spread when they connect anew, by how many there are. Source: WHATWG HTML §9.2.6 `retry`. */
function retryHint(): Uint8Array {
  const spreadMs = (openStreams().streams.size * 1000) / reconnectsPerSecond;
  const boundedMs = Math.round(Math.min(longestSpreadMs, Math.max(shortestSpreadMs, spreadMs)));
  return encoder.encode(`retry: ${boundedMs}\n\n`);
}

const encoder = new TextEncoder();
/** An event that many streams send is put into text once. */
const encoded = new WeakMap<StreamedEvent, Uint8Array>();

function encodeEvent(event: StreamedEvent): Uint8Array {
  const known = encoded.get(event);
  if (known !== undefined) return known;
  const bytes = encoder.encode(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  encoded.set(event, bytes);
  return bytes;
}

/** The whole number that a reader gives as the id of the last event it got; null for none. Source: WHATWG HTML §9.2.4. */
export function lastEventIdOf(request: Request): number | null {
  const text = request.headers.get("last-event-id")?.trim() ?? "";
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  private controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  private readonly cleanUps: (() => void)[] = [];

  constructor(maxQueuedBytes: number) {
    const source = {
      start: (controller: ReadableStreamDefaultController<Uint8Array>) => {
        this.controller = controller;
      },
      cancel: () => this.close(),
    };
    this.body = new ReadableStream(source, new ByteLengthQueuingStrategy({ highWaterMark: maxQueuedBytes }));
  }

  send(event: StreamedEvent, id?: number): void {
    if (this.controller === null) return;
    if ((this.controller.desiredSize ?? 0) <= 0) this.close();
    else {
      if (id !== undefined) this.controller.enqueue(encoder.encode(`id: ${id}\n`));
      this.controller.enqueue(encodeEvent(event));
    }
  }

  /** Tell the client over how long to spread its next connection. */
  sendRetry(): void {
    this.controller?.enqueue(retryHint());
  }

  /** Do this when the stream closes; at once where it is closed. */
  onClose(cleanUp: () => void): void {
    if (this.controller === null) cleanUp();
    else this.cleanUps.push(cleanUp);
  }

  every(ms: number, work: () => void): void {
    const timer = setInterval(work, ms);
    this.onClose(() => clearInterval(timer));
  }

  close(): void {
    const open = this.controller;
    if (open === null) return;
    this.controller = null;
    for (const cleanUp of this.cleanUps) cleanUp();
    try {
      open.close();
    } catch {
      // The client went first: the stream is closed already.
    }
  }
}

/**
 * Answer with a stream of server-sent events that ends when the client goes, reads too slowly, or loses its rights.
 * Source: WHATWG HTML §9.2.
 */
export async function eventStreamResponse(options: EventStreamOptions): Promise<Response> {
  const { streams, isStopping } = openStreams();
  if (isStopping) throw new AppError("PORTAL_STOPPING", "The portal is stopping. Connect again in a moment.");
  const stream = new EventStream(options.maxQueuedBytes ?? defaultMaxQueuedBytes);
  const recheck = (): void => {
    void options.isStillAllowed().then((isAllowed) => isAllowed || stream.close());
  };
  try {
    stream.onClose(
      await options.start((event, id) => stream.send(event, id), { recheck, close: () => stream.close() }),
    );
  } catch (error) {
    stream.close();
    throw error;
  }
  streams.add(stream);
  stream.onClose(() => streams.delete(stream));
  stream.sendRetry();
  stream.every(options.heartbeatMs, () => {
    const heartbeat = { type: "heartbeat", at: new Date().toISOString() };
    stream.send(heartbeat);
  });
  stream.every(options.recheckMs ?? defaultRecheckMs, () => {
    recheck();
    stream.sendRetry();
  });
  const { signal } = options.request;
  if (signal.aborted) stream.close();
  else signal.addEventListener("abort", () => stream.close(), { once: true });
  return new Response(stream.body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    },
  });
}
