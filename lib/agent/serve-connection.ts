import type { Connection } from "@/lib/mptcp/connection";
import type { TransportKind } from "@/lib/mptcp/face";
import { type CompiledPolicy, shouldUseProxy } from "@/lib/policy";
import { acceptRequest, FrontRefusal, type FrontRequest, refusalForErrno } from "@/lib/protocols/accept-request";
import { authorityText, hostText } from "@/lib/protocols/host";
import { relayRequest } from "@/lib/protocols/relay-request";
import { requestThroughSocks } from "@/lib/protocols/request-through-socks";
import { socksReply } from "@/lib/protocols/socks5";
import type { CachingResolver } from "@/lib/shared/caching-resolver";
import { AppError, errorCode, errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import type { Link } from "./links";

export type AgentParts = {
  policy: () => CompiledPolicy | null;
  resolver: CachingResolver;
  proxy: { address: string; port: number };
  credentials: { user: string; password: string };
  /** The first one carries the first subflow; the next is tried where it does not answer. */
  links: readonly Link[];
  hasMptcp: boolean;
  log: Log;
};

const viaName = "twinpath-agent";
const directTimeoutMs = 10_000;
const pathTimeoutMs = 3000;
const handshakeFailures: ReadonlySet<string | null> = new Set(["PROTOCOL_ENDED", "PROTOCOL_BAD"]);

async function connectToProxy(connection: Connection, parts: AgentParts): Promise<TransportKind> {
  const { proxy, hasMptcp } = parts;
  const paths = parts.links.length === 0 ? [null] : parts.links.map((link) => link.address);
  let lastError: unknown = null;
  for (const localAddress of paths) {
    try {
      const options = { ...proxy, localAddress, mptcp: hasMptcp, timeoutMs: pathTimeoutMs };
      return (await connection.connect(options)).kind;
    } catch (error) {
      if (errorCode(error) === "CONNECTION_GONE") throw error;
      lastError = error;
    }
  }
  throw new AppError("AGENT_PROXY_UNREACHABLE", `No path reaches the proxy (${errorMessage(lastError)}).`, {
    cause: lastError,
  });
}

async function serveThroughProxy(connection: Connection, parts: AgentParts, request: FrontRequest): Promise<void> {
  const transport = await connectToProxy(connection, parts);
  if (parts.hasMptcp && transport !== "mptcp")
    parts.log.warn({ session: connection.id, transport }, "MPTCP was refused on the way: one path only");
  const upstream = {
    read: () => connection.read("upstream"),
    write: (bytes: Buffer) => connection.write("upstream", bytes),
  };
  const answer = await requestThroughSocks(upstream, parts.credentials, request.host, request.port).catch(
    (cause: unknown) => {
      if (!handshakeFailures.has(errorCode(cause))) throw cause;
      const text = `The operator's proxy broke the handshake off (${errorMessage(cause)}). Try again later.`;
      throw new AppError("AGENT_PROXY_UNREACHABLE", text, { cause });
    },
  );
  if (answer.code === socksReply.succeeded) return relayRequest(connection, request, answer.rest);
  const isForbidden = answer.code === socksReply.notAllowed;
  const text = isForbidden
    ? "The operator's proxy does not allow this destination."
    : `The operator's proxy could not reach the destination (SOCKS reply ${answer.code}).`;
  throw new FrontRefusal(text, request.refuse({ socks: answer.code, http: isForbidden ? 403 : 502, text }));
}

async function serveDirect(connection: Connection, parts: AgentParts, request: FrontRequest): Promise<void> {
  const { host, port } = request;
  let lastCode = "ENOTFOUND";
  const addresses =
    host.kind === "address" ? [host.address] : await parts.resolver.resolve(hostText(host)).catch(() => []);
  for (const address of addresses) {
    try {
      await connection.connect({ address, port, localAddress: null, mptcp: false, timeoutMs: directTimeoutMs });
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
    const policy = parts.policy();
    const target = { host: hostText(request.host), port: request.port };
    const isProxied = policy !== null && shouldUseProxy(policy, target);
    parts.log.debug({ session: connection.id, ...target, isProxied }, "request");
    await (isProxied ? serveThroughProxy : serveDirect)(connection, parts, request);
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
  const code = errorCode(error);
  if (request === null || (code !== "AGENT_PROXY_UNREACHABLE" && code !== "SOCKS_REFUSED_CREDENTIALS")) return null;
  const refusal = { socks: socksReply.generalFailure, http: 502, text: errorMessage(error) };
  return new FrontRefusal(refusal.text, request.refuse(refusal));
}
