import { acceptHttp } from "./accept-http";
import {
  type Accepted,
  type AcceptOptions,
  type AssociateRequest,
  acceptRequest,
  FrontRefusal,
  type FrontRequest,
} from "./accept-request";
import { type ByteStream, MessageReader } from "./message-reader";

/** A client has this long for its next request, and for all of its head. */
const nextRequestMs = 60_000;

export type ServeOptions<Identity> = AcceptOptions<Identity> & {
  stream: ByteStream;
  /** Decide about one request, connect, relay; resolves to whether the client's next request is to be read. */
  serve: (request: FrontRequest, identity: Identity | null) => Promise<boolean>;
  /** Relay datagrams while the client stays; absent: clients may not ask for it. */
  associate?: (request: AssociateRequest, identity: Identity | null) => Promise<void>;
  /** A request was refused, and the client may ask again. */
  onRefused: (refusal: FrontRefusal) => void;
  /** The request is over: nothing more comes from its destination, or goes there. */
  onServed: () => Promise<void> | void;
  /** End the client's connection once it has what it was sent. */
  end: () => void;
  /** For tests. */
  nextRequestMs?: number;
};

/**
 * Serve a client's requests one after the other, each decided anew: one by SOCKS, Convert or CONNECT, any number by HTTP,
 * answered in their order.
 *
 * Errors: a FrontRefusal that ends the connection; those of `acceptRequest` and of `serve`.
 */
export async function serveRequests<Identity>(options: ServeOptions<Identity>): Promise<void> {
  const { stream, serve, associate, onRefused, onServed, end } = options;
  const reader = new MessageReader(stream);
  const accepting = { ...options, takesAssociate: true as const };
  let accept: () => Promise<Accepted<Identity, FrontRequest | AssociateRequest>> = () =>
    associate === undefined ? acceptRequest(stream, options, reader) : acceptRequest(stream, accepting, reader);
  for (;;) {
    let skipBytes = 0;
    try {
      const { request, identity } = await accept();
      if (request.kind === "associate") return await associate?.(request, identity);
      if (!(await serve(request, identity))) return;
      await onServed();
    } catch (error) {
      if (!(error instanceof FrontRefusal) || error.skipBytes === null) throw error;
      onRefused(error);
      if (error.bytes !== null) stream.write(error.bytes);
      await onServed();
      skipBytes = error.skipBytes;
    }
    const timer = setTimeout(end, options.nextRequestMs ?? nextRequestMs);
    accept = () => acceptHttp(reader, options).finally(() => clearTimeout(timer));
    if (!(await hasNext(reader, skipBytes))) {
      clearTimeout(timer);
      end();
      return;
    }
  }
}

/** Whether anything follows what is left of the request before; false where the client leaves. */
async function hasNext(reader: MessageReader, skipBytes: number): Promise<boolean> {
  try {
    await reader.skip(skipBytes);
    return (await reader.peek()) !== null;
  } catch {
    return false;
  }
}
