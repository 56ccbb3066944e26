import type { FrontRequest } from "./accept-request";
import { type ExchangeEnds, exchangeHttp } from "./exchange-http";

const nothing = Buffer.alloc(0);

/**
 * Relay an accepted request between a client and its destination, both connected: a tunnel natively from now on, an HTTP
 * request up to the end of its answer.
 *
 * @param earlyDownload what came from upstream during a handshake with it
 * @param isReused the server's connection was asked before, by HTTP
 * @returns whether the client's next request is to be read; otherwise the connection ends by itself
 * Errors: those of `exchangeHttp`.
 */
export async function relayRequest(
  ends: ExchangeEnds,
  request: FrontRequest,
  earlyDownload: Buffer = nothing,
  isReused = false,
): Promise<boolean> {
  if (request.kind === "forward") return exchangeHttp(ends, request, earlyDownload, isReused);
  ends.write("client", request.established);
  if (earlyDownload.length > 0) ends.write("client", earlyDownload);
  if (request.rest.length > 0) ends.write("upstream", request.rest);
  ends.relay();
  return false;
}
