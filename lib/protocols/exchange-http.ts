import { AppError, errorCode, errorMessage } from "@/lib/shared/errors";
import { ChunkedScanner } from "./chunked-scanner";
import { type ForwardRequest, FrontRefusal } from "./front-request";
import { type AnswerFraming, answerFraming, encodeAnswerHead, type HttpAnswer, parseHttpAnswer } from "./http-answer";
import { encodeHttpRefusal } from "./http-forward";
import { hasToken } from "./http-head";
import { MessageReader } from "./message-reader";

type Side = "client" | "upstream";

/** What an exchange needs of a connection with both ends connected (lib/mptcp/connection.ts). */
export interface ExchangeEnds {
  read(side: Side): Promise<Buffer | null>;
  write(side: Side, bytes: Uint8Array): void;
  /** Bytes of the answer, for the client. */
  answer(bytes: Uint8Array): void;
  /** So many bytes of one side go to the other natively. */
  pass(source: Side, bytes: number): Promise<void>;
  /** Everything does, both ways. */
  relay(): void;
  close(how: "flush" | "reset"): void;
  /** The server's connection may take another request; absent: nobody asks there again. */
  keep?(): void;
}

/** A chunk that has more than this to come is passed on natively. */
const nativeFromBytes = 16_384;
/** A client that sends no more waits for its answer, or has gone: a silent server is waited for so long then. */
const silenceMs = 60_000;
const finalStatus = 200;
const switchingProtocols = 101;
const requestTimeout = 408;

/** The request's body; resolves once all of it went upstream, and not a byte of what follows it (RFC 9112 §9.3). */
async function sendBody(ends: ExchangeEnds, { body, reader }: ForwardRequest): Promise<void> {
  if (body.kind !== "chunked") {
    const bytes = body.kind === "length" ? body.bytes : 0;
    const early = reader.take(bytes);
    if (early.length > 0) ends.write("upstream", early);
    // On the second try the client, which had no body to send, is read already.
    if (reader.isAhead) return;
    return ends.pass("client", bytes - early.length);
  }
  await ends.pass("client", 0);
  const scanner = new ChunkedScanner();
  for (;;) {
    const bytes = await reader.peek();
    if (bytes === null) throw new AppError("PROTOCOL_ENDED", "the client left inside a chunked body");
    const { taken, status } = scanner.push(bytes);
    if (status === "bad") throw new AppError("PROTOCOL_BAD", "a malformed chunked body");
    ends.write("upstream", reader.take(taken));
    if (status === "done") return;
  }
}

/**
 * Look out for the client's end once it has asked; what it asks next is kept for the reader. Not where it may go on by
 * another protocol, which is relayed as it comes.
 */
function watchClient({ reader, isUpgrade }: ForwardRequest, onEnd: () => void): void {
  if (isUpgrade || !reader.isEmpty) return;
  const ended = (bytes: Buffer | null): void => {
    if (bytes === null) onEnd();
  };
  reader.readAhead().then(ended, () => {});
}

const serverLeft = (): AppError => new AppError("SERVER_LEFT", "the server closed a connection that was used before");

type AnsweringOptions = {
  /** What came of the answer already. */
  early: Buffer;
  isReused: boolean;
  /** The server was silent for too long. */
  onSilence: (error: AppError) => void;
};

/** One answer on its way to the client, while the request's body may still be on its own. */
class Answering {
  isSent = false;
  /** The client has the head of its final answer, or what it switched to. */
  hasBegun = false;
  private readonly server: MessageReader;
  /** Whether the server may have closed its connection before it was asked, as nothing of an answer has come. */
  private isReused: boolean;
  private readonly onSilence: AnsweringOptions["onSilence"];
  private hasClientEnded = false;
  /** The server is waited for here, rather than natively. */
  private isHearing = false;
  private silence: NodeJS.Timeout | undefined;

  constructor(
    private readonly ends: ExchangeEnds,
    private readonly request: ForwardRequest,
    { early, isReused, onSilence }: AnsweringOptions,
  ) {
    this.isReused = isReused;
    this.onSilence = onSilence;
    const stream = {
      read: () => this.hear(),
      write: (bytes: Buffer) => ends.write("upstream", bytes),
    };
    this.server = new MessageReader(stream, early);
  }

  /** The client sends no more. */
  clientEnded(): void {
    this.hasClientEnded = true;
    if (this.isHearing) this.limitSilence();
  }

  /** @returns whether the client may go on */
  async run(): Promise<boolean> {
    const { ends, request } = this;
    const { minorVersion, viaName } = request;
    const head = await this.nextHead();
    if (head.status === switchingProtocols) return this.switchProtocols(head);
    const framing = answerFraming(head, request.method);
    if (typeof framing === "string") throw this.broken(`its answer is ambiguous (${framing})`);
    // Where the server did not wait for all of the request, the client may go on with it or not.
    if (!this.isSent) await this.soon();
    const isKept = request.isKept && this.isSent && framing.kind !== "until-close";
    const isChunked = framing.kind === "chunked" && minorVersion === 1;
    this.hasBegun = true;
    ends.answer(encodeAnswerHead(head, { viaName, isChunked, connection: isKept ? null : "close" }));
    const isWhole = await this.passBody(framing, isChunked);
    if (isWhole && isKept) {
      const isServerKept = head.minorVersion === 1 && !hasToken(head.fields, "connection", "close");
      if (request.mayKeepServer && isServerKept && this.server.isEmpty) ends.keep?.();
      return true;
    }
    // Without a length or a last chunk nothing but a reset says that something is missing.
    ends.close(isWhole || isChunked ? "flush" : "reset");
    return false;
  }

  /** The first answer that is final; interim ones are passed on to whom they mean something (RFC 9110 §15.2). */
  private async nextHead(): Promise<HttpAnswer> {
    const { minorVersion, viaName } = this.request;
    for (;;) {
      const head = await this.server.next(parseHttpAnswer).catch((error: unknown) => {
        const code = errorCode(error);
        if (code === "PROTOCOL_ENDED" && this.isReused) throw serverLeft();
        if (code === "PROTOCOL_ENDED") throw this.broken("it closed the connection without an answer");
        if (code !== "PROTOCOL_BAD" && code !== "PROTOCOL_TOO_LARGE") throw error;
        throw this.broken(`its answer cannot be read: ${errorMessage(error)}`);
      });
      // It says so of the time before it was asked (RFC 9110 §15.5.9).
      if (head.status === requestTimeout && this.isReused) throw serverLeft();
      this.isReused = false;
      if (head.status >= finalStatus || head.status === switchingProtocols) return head;
      if (minorVersion === 1) this.ends.answer(encodeAnswerHead(head, { viaName }));
    }
  }

  private async hear(): Promise<Buffer | null> {
    this.isHearing = true;
    if (this.hasClientEnded) this.limitSilence();
    try {
      return await this.ends.read("upstream");
    } finally {
      this.isHearing = false;
      clearTimeout(this.silence);
    }
  }

  private limitSilence(): void {
    this.silence = setTimeout(() => this.onSilence(this.silent()), silenceMs);
  }

  private silent(): AppError {
    const text = "The server was reached, but it did not answer in time, and nothing more came from the client.";
    if (this.hasBegun) return new AppError("SERVER_SILENT", text);
    return new FrontRefusal(text, encodeHttpRefusal(504, text, { hasBody: this.request.method !== "HEAD" }));
  }

  /** The body's end may have been told in the same turn as the answer. */
  private soon(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(resolve);
    });
  }

  private switchProtocols(head: HttpAnswer): false {
    const { ends, request } = this;
    if (!request.isUpgrade) throw this.broken("it switched to a protocol that nobody asked for");
    this.hasBegun = true;
    ends.answer(encodeAnswerHead(head, { viaName: request.viaName, connection: "upgrade" }));
    ends.answer(this.server.takeRest());
    ends.write("upstream", request.reader.takeRest());
    ends.relay();
    return false;
  }

  /** @returns whether all of it came */
  private async passBody(framing: AnswerFraming, isChunked: boolean): Promise<boolean> {
    const { ends, server } = this;
    if (framing.kind === "none") return true;
    if (framing.kind === "chunked") return this.passChunks(isChunked);
    const bytes = framing.kind === "length" ? framing.bytes : Number.MAX_SAFE_INTEGER;
    const early = server.take(bytes);
    ends.answer(early);
    // The end of the server's connection on the way ends the client's.
    if (early.length < bytes) await ends.pass("upstream", bytes - early.length);
    return true;
  }

  private async passChunks(isChunked: boolean): Promise<boolean> {
    const { ends, server } = this;
    const scanner = new ChunkedScanner();
    for (;;) {
      const bytes = await server.peek();
      if (bytes === null) return false;
      const { taken, status } = scanner.push(bytes, isChunked ? undefined : (data) => ends.answer(data));
      const body = server.take(taken);
      if (isChunked) ends.answer(body);
      if (status !== "more") return status === "done";
      const { dataLeft } = scanner;
      // The server's end would end the client's connection too, and so say without chunks that all has come.
      if (!isChunked || dataLeft < nativeFromBytes) continue;
      await ends.pass("upstream", dataLeft);
      scanner.skipData(dataLeft);
    }
  }

  private broken(why: string): FrontRefusal {
    const { request, isSent } = this;
    const text = `The server was reached, but ${why}.`;
    const isKept = request.isKept && isSent;
    const answer = { hasBody: request.method !== "HEAD", isKept };
    return new FrontRefusal(text, encodeHttpRefusal(502, text, answer), isKept ? 0 : null);
  }
}

/** What a client is told whose chunked body cannot be read any further: nothing behind it can. */
function refusalForBody(error: unknown): unknown {
  if (errorCode(error) !== "PROTOCOL_BAD") return error;
  const text = `The proxy cannot take this request: ${errorMessage(error)}.`;
  return new FrontRefusal(errorMessage(error), encodeHttpRefusal(400, text));
}

/**
 * Send a request to the server that is connected, and its answer to the client. Bodies of known length and large chunks
 * are passed on natively; what is read here is heads and small chunks. An HTTP/1.0 client gets chunks without their
 * frames, and the connection's end as theirs (RFC 9112 §6.1, §7.1).
 *
 * @param early what came of the answer already
 * @param isReused the server's connection was asked before
 * @returns whether the client may send its next request; otherwise the connection ends by itself
 * Errors: FrontRefusal where the server gives no answer, or the chunked body is malformed and nothing was answered yet
 * (AppError PROTOCOL_BAD where it was); PROTOCOL_ENDED where the body stops half-way; SERVER_LEFT where nothing or 408
 * came on a connection that was asked before; SERVER_SILENT where the client has ended and the rest does not come.
 */
export function exchangeHttp(
  ends: ExchangeEnds,
  request: ForwardRequest,
  early: Buffer,
  isReused = false,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const answering = new Answering(ends, request, { early, isReused, onSilence: reject });
    if (request.head.length > 0) ends.write("upstream", request.head);
    sendBody(ends, request).then(
      () => {
        answering.isSent = true;
        watchClient(request, () => answering.clientEnded());
      },
      (error: unknown) => reject(answering.hasBegun ? error : refusalForBody(error)),
    );
    answering.run().then(resolve, reject);
  });
}
