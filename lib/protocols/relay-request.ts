import { AppError } from "@/lib/shared/errors";
import type { FrontRequest } from "./accept-request";
import { ChunkedScanner } from "./chunked-scanner";

/** What relaying needs of a connection with both ends connected. */
export interface RelayEnds {
  read(side: "client"): Promise<Buffer | null>;
  write(side: "client" | "upstream", bytes: Uint8Array): void;
  relay(options?: { uploadLimitBytes?: number }): void;
}

const nothing = Buffer.alloc(0);

/**
 * Answer the client, send what belongs to the request upstream, and relay; the response goes back natively until
 * its end. Bytes beyond the request's body never reach this destination (RFC 9112 §9.3).
 *
 * @param earlyDownload payload that came from upstream during a handshake with it
 * Errors: AppError PROTOCOL_BAD for a malformed chunked body, PROTOCOL_ENDED where it stops half-way.
 */
export async function relayRequest(
  ends: RelayEnds,
  request: FrontRequest,
  earlyDownload: Buffer = nothing,
): Promise<void> {
  if (request.established !== null) ends.write("client", request.established);
  if (earlyDownload.length > 0) ends.write("client", earlyDownload);
  if (request.upstreamHead !== null) ends.write("upstream", request.upstreamHead);
  const { upload, rest } = request;
  if (upload.kind === "tunnel") {
    if (rest.length > 0) ends.write("upstream", rest);
    ends.relay();
  } else if (upload.kind === "chunked") {
    ends.relay({ uploadLimitBytes: 0 });
    await relayChunkedBody(ends, rest);
  } else {
    const bodyBytes = upload.kind === "length" ? upload.bytes : 0;
    const early = rest.subarray(0, bodyBytes);
    if (early.length > 0) ends.write("upstream", early);
    ends.relay({ uploadLimitBytes: bodyBytes - early.length });
  }
}

async function relayChunkedBody(ends: RelayEnds, rest: Buffer): Promise<void> {
  const scanner = new ChunkedScanner();
  let bytes: Buffer | null = rest;
  for (;;) {
    const { taken, status } = scanner.push(bytes);
    if (status === "bad") throw new AppError("PROTOCOL_BAD", "a malformed chunked body");
    if (taken > 0) ends.write("upstream", bytes.subarray(0, taken));
    if (status === "done") return;
    bytes = await ends.read("client");
    if (bytes === null) throw new AppError("PROTOCOL_ENDED", "the client left inside a chunked body");
  }
}
