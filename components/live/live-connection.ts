import type { ZodType } from "zod";
import { loadShape } from "@/components/api/fetch-json";
import type { LiveEvent } from "@/lib/contracts/live";

const eventTypes = ["snapshot", "rate", "node", "testbed", "run", "lane", "heartbeat"] as const;

const liveEvent = async () => (await import("@/lib/contracts/live")).liveEventSchema;

/** Nothing for this long: the figures are called stale. */
export const staleAfterMs = 5000;
/** Nothing for this long: the stream is taken for dead and opened anew. */
const reopenAfterMs = 10_000;
/** A tab hidden for this long gives its stream back; it opens again, with a snapshot, when shown. */
const releaseAfterMs = 60_000;
const firstBackOffMs = 1000;
const longestBackOffMs = 15_000;

type LiveConnectionOptions = {
  url: string;
  onEvent: (event: LiveEvent) => void;
  onStale: () => void;
  /** An event that is not as the contract says: page and portal are of different versions. */
  onMismatch: () => void;
  /** The portal refused the stream (EventSource does not tell the status). */
  onRefused: () => void;
};

/**
 * One EventSource with a watchdog: it opens again with back-off after a refusal or a silence, which EventSource alone
 * does not do, and lets go of the stream while the tab is hidden for long.
 */
export class LiveConnection {
  readonly #options: LiveConnectionOptions;
  #shape: ZodType<LiveEvent> | null = null;
  #source: EventSource | null = null;
  #lastEventAtMs = 0;
  #openedAtMs = 0;
  #hiddenSinceMs: number | null = null;
  #backOffMs = firstBackOffMs;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #watchdog: ReturnType<typeof setInterval> | null = null;

  constructor(options: LiveConnectionOptions) {
    this.#options = options;
  }

  start(): void {
    document.addEventListener("visibilitychange", this.#onVisibility);
    window.addEventListener("online", this.#openNow);
    this.#watchdog = setInterval(() => this.#watch(Date.now()), 1000);
    // Scripts of a page that is older than the portal may be gone.
    loadShape(liveEvent).then((shape) => {
      this.#shape = shape;
      if (this.#watchdog !== null) this.#open();
    }, this.#options.onMismatch);
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.#onVisibility);
    window.removeEventListener("online", this.#openNow);
    if (this.#watchdog !== null) clearInterval(this.#watchdog);
    this.#watchdog = null;
    this.#close();
  }

  readonly #openNow = (): void => {
    this.#backOffMs = firstBackOffMs;
    this.#open();
  };

  readonly #onVisibility = (): void => {
    this.#hiddenSinceMs = document.hidden ? Date.now() : null;
    if (!document.hidden && (this.#source === null || Date.now() - this.#lastEventAtMs > staleAfterMs)) this.#openNow();
  };

  #open(): void {
    this.#close();
    const shape = this.#shape;
    if (shape === null) return;
    this.#openedAtMs = Date.now();
    const source = new EventSource(this.#options.url);
    this.#source = source;
    for (const type of eventTypes) {
      source.addEventListener(type, (message) => this.#receive(shape, type, message));
    }
    source.addEventListener("error", () => {
      if (source !== this.#source || source.readyState !== EventSource.CLOSED) return;
      this.#options.onRefused();
      this.#reopenLater();
    });
  }

  #close(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#source?.close();
    this.#source = null;
  }

  #reopenLater(): void {
    this.#close();
    const jitter = 0.5 + Math.random() / 2;
    this.#retry = setTimeout(() => this.#open(), this.#backOffMs * jitter);
    this.#backOffMs = Math.min(longestBackOffMs, this.#backOffMs * 2);
  }

  #receive(shape: ZodType<LiveEvent>, type: (typeof eventTypes)[number], message: MessageEvent<string>): void {
    this.#lastEventAtMs = Date.now();
    this.#backOffMs = firstBackOffMs;
    const parsed = shape.safeParse({ ...JSON.parse(message.data), type });
    if (parsed.success) this.#options.onEvent(parsed.data);
    else this.#options.onMismatch();
  }

  #watch(nowMs: number): void {
    if (this.#hiddenSinceMs !== null && nowMs - this.#hiddenSinceMs > releaseAfterMs) {
      this.#close();
      return;
    }
    const silentMs = nowMs - Math.max(this.#lastEventAtMs, this.#openedAtMs);
    if (nowMs - this.#lastEventAtMs > staleAfterMs && this.#lastEventAtMs > 0) this.#options.onStale();
    if (silentMs > reopenAfterMs && this.#source !== null) this.#reopenLater();
  }
}
