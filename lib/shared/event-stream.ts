import { AppError, errorCode, errorReason } from "./errors";
import { sleep } from "./sleep";

/** One event of a text/event-stream. */
export type StreamEvent = { type: string; id: string | null; data: string };

/**
 * Splits text/event-stream into events, however the text is cut.
 * Source: WHATWG HTML §9.2.6 "Interpreting an event stream".
 */
export class EventStreamParser {
  private text = "";
  private endsWithCr = false;
  private type = "";
  private id: string | null = null;
  private data: string[] = [];
  /** What the server last said in `retry`, milliseconds; null: nothing. */
  retryMs: number | null = null;

  push(chunk: string): StreamEvent[] {
    const text = this.endsWithCr && chunk.startsWith("\n") ? chunk.slice(1) : chunk;
    if (chunk !== "") this.endsWithCr = chunk.endsWith("\r");
    const [first = "", ...others] = text.split(/\r\n|\n|\r/);
    const lines = [this.text + first, ...others];
    this.text = lines.pop() ?? "";
    return lines.flatMap((line) => this.takeLine(line));
  }

  private takeLine(line: string): StreamEvent[] {
    if (line === "") return this.dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.data.push(value);
    else if (field === "event") this.type = value;
    else if (field === "retry" && /^\d{1,7}$/.test(value)) this.retryMs = Number(value);
    else if (field === "id" && !value.includes("\0")) this.id = value;
    return [];
  }

  private dispatch(): StreamEvent[] {
    const { type, id, data } = this;
    this.type = "";
    this.data = [];
    return data.length === 0 ? [] : [{ type: type === "" ? "message" : type, id, data: data.join("\n") }];
  }
}

export type EventStreamOptions = {
  url: string;
  /** Asked at each connection. */
  headers: () => Record<string, string>;
  onEvent: (event: StreamEvent) => void;
  /** Told once per change, also of the reason why the stream is lost; `code` is that of its error. */
  onState: (isConnected: boolean, reason: string | null, code: string | null) => void;
  /** Asked at each connection: sent as Last-Event-ID, so that the server can go on from there; null for none. */
  lastEventId?: () => string | null;
  /** A stream silent for this long is taken for dead; the server sends heartbeats well within it. */
  silenceMs?: number;
  /** The pause after STREAM_DENIED (the server answered 401 or 403); absent: as after any other loss. */
  deniedRetryMs?: number;
};

const defaultSilenceMs = 15_000;
const firstRetryMs = 200;
const lastRetryMs = 5000;
/** The server does not know these credentials, or takes them no more. */
const deniedStatuses: ReadonlySet<number> = new Set([401, 403]);

/**
 * Follow a server's event stream until stopped, connecting anew with growing, jittered pauses, spread over as long as the
 * server asks for, so that all who lost it together do not come back at once.
 * An error thrown by `onEvent` ends the connection like a network error, so that a bad event is seen, not swallowed. The
 * pauses grow on then, for the same event may come again.
 *
 * @returns stops following; resolves when the connection is closed
 */
export function followEventStream(options: EventStreamOptions): () => Promise<void> {
  const { silenceMs = defaultSilenceMs, deniedRetryMs = null } = options;
  const stop = new AbortController();
  let retryMs = firstRetryMs;
  /** Over how long those who lose the server together connect anew; the server says it. */
  let spreadMs = 0;
  let told: { isConnected: boolean; reason: string | null } | null = null;

  const setState = (isConnected: boolean, reason: string | null, code: string | null): void => {
    if (told?.isConnected === isConnected && told.reason === reason) return;
    told = { isConnected, reason };
    options.onState(isConnected, reason, code);
  };

  const runOnce = async (): Promise<void> => {
    const attempt = new AbortController();
    const abort = (): void => attempt.abort();
    stop.signal.addEventListener("abort", abort, { once: true });
    const watchdog = setTimeout(
      () => attempt.abort(new AppError("STREAM_SILENT", `${options.url} was silent for ${silenceMs} ms`)),
      silenceMs,
    );
    let isTaken = false;
    try {
      const lastEventId = options.lastEventId?.() ?? null;
      const resume = lastEventId === null ? {} : { "last-event-id": lastEventId };
      const headers = { ...options.headers(), ...resume, accept: "text/event-stream" };
      const response = await fetch(options.url, { headers, signal: attempt.signal, cache: "no-store" });
      if (!response.ok || response.body === null) {
        const code = deniedStatuses.has(response.status) ? "STREAM_DENIED" : "STREAM_REFUSED";
        throw new AppError(code, `${options.url} answered ${response.status}`);
      }
      setState(true, null, null);
      const parser = new EventStreamParser();
      const decoder = new TextDecoder();
      const reader = response.body.getReader();
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        watchdog.refresh();
        for (const event of parser.push(decoder.decode(chunk.value, { stream: true }))) {
          isTaken = false;
          options.onEvent(event);
          isTaken = true;
        }
        spreadMs = parser.retryMs ?? spreadMs;
      }
      throw new AppError("STREAM_ENDED", `${options.url} ended the stream`);
    } finally {
      if (isTaken) retryMs = firstRetryMs;
      clearTimeout(watchdog);
      stop.signal.removeEventListener("abort", abort);
      attempt.abort();
    }
  };

  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      let isDenied = false;
      try {
        await runOnce();
      } catch (error) {
        isDenied = errorCode(error) === "STREAM_DENIED";
        if (!stop.signal.aborted) setState(false, errorReason(error), errorCode(error));
      }
      const pauseMs = (isDenied ? deniedRetryMs : null) ?? retryMs;
      await sleep(pauseMs * (0.5 + Math.random()) + spreadMs * Math.random(), stop.signal);
      retryMs = Math.min(retryMs * 2, lastRetryMs);
    }
  };

  const ended = loop();
  return async () => {
    stop.abort();
    await ended;
  };
}
