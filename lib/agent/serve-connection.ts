import type { Connection } from "@/lib/mptcp/connection";
import {
  acceptRequest,
  FrontRefusal,
  type FrontRequest,
  type Refusal,
  refusalForErrno,
} from "@/lib/protocols/accept-request";
import { authorityText, hostText } from "@/lib/protocols/host";
import { relayRequest } from "@/lib/protocols/relay-request";
import { type SocksReplyCode, socksReply } from "@/lib/protocols/socks5";
import { errorCode, errorMessage } from "@/lib/shared/errors";
import type { AgentParts } from "./agent-parts";
import { dialOptions, reachThroughProxy } from "./reach-proxy";

const viaName = "twinpath-agent";
const directTimeoutMs = 10_000;
const nothing = Buffer.alloc(0);
/** What the program is told in its own protocol; after anything else its connection is reset. */
const told: ReadonlySet<string | null> = new Set([
  "AGENT_PROXY_UNREACHABLE",
  "AGENT_PROXY_BROKE",
  "SOCKS_REFUSED_CREDENTIALS",
]);

async function serveThroughProxy(connection: Connection, parts: AgentParts, request: FrontRequest): Promise<void> {
  const isTunnel = request.upload.kind === "tunnel";
  const early = isTunnel ? request.rest : (request.upstreamHead ?? nothing);
  const answer = await reachThroughProxy(connection, parts, request, early);
  if (answer.code === socksReply.succeeded) {
    const left = isTunnel ? { ...request, rest: nothing } : { ...request, upstreamHead: null };
    return relayRequest(connection, left, answer.rest);
  }
  const refusal = refusalForReply(answer.code);
  throw new FrontRefusal(refusal.text, request.refuse(refusal));
}

/** What the program is told where the proxy answered with this SOCKS reply (RFC 1928 §6). */
function refusalForReply(socks: SocksReplyCode): Refusal {
  switch (socks) {
    case socksReply.notAllowed:
      return { socks, http: 403, text: "The operator's proxy does not allow this destination." };
    case socksReply.generalFailure: {
      const why = "it is being drained for maintenance, or has no policy yet";
      return { socks, http: 503, text: `The operator's proxy takes no new connections (${why}). Try again later.` };
    }
    default: {
      const text = `The operator's proxy could not reach the destination (SOCKS reply ${socks}).`;
      return { socks, http: 502, text };
    }
  }
}

async function serveDirect(connection: Connection, parts: AgentParts, request: FrontRequest): Promise<void> {
  const { host, port } = request;
  let lastCode = "ENOTFOUND";
  const addresses =
    host.kind === "address" ? [host.address] : await parts.resolver.resolve(hostText(host)).catch(() => []);
  for (const address of addresses) {
    try {
      const target = { address, port, localAddress: null, mptcp: false, timeoutMs: directTimeoutMs };
      await connection.connect({ ...target, ...dialOptions(parts) });
      return relayRequest(connection, request);
    } catch (error) {
      lastCode = errorCode(error) ?? "EIO";
      if (lastCode === "CONNECTION_GONE") throw error;
    }
  }
  const refusal = refusalForErrno(lastCode, authorityText(host, port));
  throw new FrontRefusal(refusal.text, request.refuse(refusal));
}

/** Serve one program of this device: white-listed destinations through the proxy, everything else the normal way. */
export async function serveConnection(connection: Connection, parts: AgentParts): Promise<void> {
  const stream = {
    read: () => connection.read("client"),
    write: (bytes: Buffer) => connection.write("client", bytes),
  };
  let request: FrontRequest | null = null;
  try {
    request = (await acceptRequest(stream, { authenticate: null, viaName })).request;
    const target = { host: hostText(request.host), port: request.port };
    const way = parts.policy.usesProxy(target) ? "proxy" : "direct";
    parts.traffic.begin(connection, { ...target, way, front: request.protocol });
    parts.log.debug({ session: connection.id, ...target, way }, "request");
    await (way === "proxy" ? serveThroughProxy : serveDirect)(connection, parts, request);
  } catch (error) {
    const code = errorCode(error);
    if (code === "CONNECTION_GONE") return;
    const refusal = error instanceof FrontRefusal ? error : asRefusal(error, request);
    parts.log.info({ session: connection.id, code, reason: errorMessage(error) }, "request not served");
    if (refusal?.bytes != null) connection.write("client", refusal.bytes);
    connection.close(refusal === null ? "reset" : "flush");
  }
}

function asRefusal(error: unknown, request: FrontRequest | null): FrontRefusal | null {
  if (request === null || !told.has(errorCode(error))) return null;
  const refusal = { socks: socksReply.generalFailure, http: 502, text: errorMessage(error) };
  return new FrontRefusal(refusal.text, request.refuse(refusal));
}
