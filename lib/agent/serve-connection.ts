import type { Connection } from "@/lib/mptcp/connection";
import { FrontRefusal, type FrontRequest, type Refusal, refusalForErrno } from "@/lib/protocols/accept-request";
import { authorityText, hostText } from "@/lib/protocols/host";
import { relayRequest } from "@/lib/protocols/relay-request";
import { serveRequests } from "@/lib/protocols/serve-requests";
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

async function serveThroughProxy(connection: Connection, parts: AgentParts, request: FrontRequest): Promise<boolean> {
  const early = request.kind === "tunnel" ? request.rest : request.head;
  const answer = await reachThroughProxy(connection, parts, request, early);
  if (answer.code === socksReply.succeeded) {
    const left = request.kind === "tunnel" ? { ...request, rest: nothing } : { ...request, head: nothing };
    return relayRequest(connection, left, answer.rest);
  }
  throw request.refuse(refusalForReply(answer.code));
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

async function connectDirect(connection: Connection, parts: AgentParts, request: FrontRequest): Promise<void> {
  const { host, port } = request;
  const addresses =
    host.kind === "address" ? [host.address] : await parts.resolver.resolve(hostText(host)).catch(() => []);
  const refused = (code: string) => request.refuse(refusalForErrno(code, authorityText(host, port)));
  if (addresses.length === 0) throw refused("ENOTFOUND");
  try {
    const target = { port, localAddress: null, mptcp: false, timeoutMs: directTimeoutMs };
    await connection.connectFirst(addresses, { ...target, ...dialOptions(parts) });
  } catch (error) {
    if (errorCode(error) === "CONNECTION_GONE") throw error;
    throw refused(errorCode(error) ?? "EIO");
  }
}

async function serveDirect(connection: Connection, parts: AgentParts, request: FrontRequest): Promise<boolean> {
  await connectDirect(connection, parts, request);
  return relayRequest(connection, request);
}

/** Serve one program of this device: white-listed destinations through the proxy, everything else the normal way. */
export async function serveConnection(connection: Connection, parts: AgentParts): Promise<void> {
  const stream = {
    read: () => connection.read("client"),
    write: (bytes: Buffer) => connection.write("client", bytes),
  };
  const noteRefused = (error: unknown): void =>
    parts.log.info(
      { session: connection.id, code: errorCode(error), reason: errorMessage(error) },
      "request not served",
    );
  let isFirst = true;
  const serve = async (request: FrontRequest): Promise<boolean> => {
    const target = { host: hostText(request.host), port: request.port };
    const way = parts.policy.usesProxy(target) ? "proxy" : "direct";
    const destination = { ...target, way, front: request.protocol } as const;
    if (isFirst) parts.traffic.begin(connection, destination);
    else parts.traffic.turn(connection, destination);
    isFirst = false;
    parts.log.debug({ session: connection.id, ...target, way }, "request");
    const serving = (way === "proxy" ? serveThroughProxy : serveDirect)(connection, parts, request);
    return serving.catch((error: unknown) => {
      if (!told.has(errorCode(error))) throw error;
      throw request.refuse({ socks: socksReply.generalFailure, http: 502, text: errorMessage(error) });
    });
  };
  try {
    await serveRequests({
      stream,
      authenticate: null,
      viaName,
      serve,
      onRefused: noteRefused,
      onServed: async () => {
        await parts.leaving(connection);
        connection.hangUp();
      },
      end: () => connection.close("flush"),
    });
  } catch (error) {
    if (errorCode(error) === "CONNECTION_GONE") return;
    noteRefused(error);
    if (!(error instanceof FrontRefusal)) return connection.close("reset");
    if (error.bytes !== null) connection.write("client", error.bytes);
    connection.close("flush");
  }
}
