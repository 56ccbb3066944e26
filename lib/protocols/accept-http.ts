import { type AcceptOptions, FrontRefusal, type FrontRequest } from "./front-request";
import { connectEstablished, encodeForwardHead, encodeHttpRefusal, parseProxyAuthorization } from "./http-forward";
import { parseProxyRequest } from "./http-head";
import type { MessageReader } from "./message-reader";

/**
 * An HTTP client's one request: CONNECT or a whole http:// address.
 * Errors: FrontRefusal; those of MessageReader. Source: RFC 9110 §9.3.6 and §11.7.
 */
export async function acceptHttp<Identity>(
  reader: MessageReader,
  { authenticate, viaName }: AcceptOptions<Identity>,
): Promise<{ request: FrontRequest; identity: Identity | null }> {
  const asked = await reader.next(parseProxyRequest);
  let identity: Identity | null = null;
  if (authenticate !== null) {
    const credentials = parseProxyAuthorization(asked.fields);
    identity = credentials === null ? null : await authenticate(credentials.user, credentials.password);
    if (identity === null) {
      const field = { name: "Proxy-Authenticate", value: `Basic realm="${viaName}", charset="UTF-8"` };
      const text = "This proxy needs the device's id and secret (Proxy-Authorization: Basic).";
      const message =
        credentials === null ? "no credentials" : `wrong credentials for ${JSON.stringify(credentials.user)}`;
      throw new FrontRefusal(message, encodeHttpRefusal(407, text, [field]));
    }
  }
  const { host } = asked;
  if (asked.form === "other" || host === null) {
    const text = "This is a proxy: ask with CONNECT host:port, or with a whole http:// address.";
    throw new FrontRefusal("neither CONNECT nor an absolute http:// target", encodeHttpRefusal(400, text));
  }
  const isTunnel = asked.form === "connect";
  const request: FrontRequest = {
    protocol: isTunnel ? "http-connect" : "http-forward",
    host,
    port: asked.port,
    upstreamHead: isTunnel ? null : encodeForwardHead({ ...asked, host }, viaName),
    upload: isTunnel ? { kind: "tunnel" } : asked.body,
    rest: reader.takeRest(),
    established: isTunnel ? connectEstablished : null,
    refuse: ({ http, text }) => encodeHttpRefusal(http, text),
  };
  return { request, identity };
}
