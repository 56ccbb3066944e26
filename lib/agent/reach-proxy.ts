import type { Connection } from "@/lib/mptcp/connection";
import type { SocketAddress, TransportKind } from "@/lib/mptcp/face";
import type { Host } from "@/lib/protocols/host";
import { mayArriveTwice } from "@/lib/protocols/may-arrive-twice";
import type { ByteStream } from "@/lib/protocols/message-reader";
import { encodeConvertRequest, isConvertible, readConvertAnswer } from "@/lib/protocols/request-through-convert";
import { requestThroughSocks, type SocksAnswer } from "@/lib/protocols/request-through-socks";
import { socksReply } from "@/lib/protocols/socks5";
import { AppError, errorCode, errorMessage } from "@/lib/shared/errors";
import type { AgentParts } from "./agent-parts";
import type { FirstPath } from "./paths/device-paths";

export type ProxyDestination = { host: Host; port: number };

const handshakeFailures: ReadonlySet<string | null> = new Set(["PROTOCOL_ENDED", "PROTOCOL_BAD", "AGENT_PROXY_SILENT"]);
const nothing = Buffer.alloc(0);
/** A proxy that works answers the greeting of SOCKS at once: before it looks at credentials, and before it dials. */
const firstAnswerMs = 2000;

/** Options that every socket the agent dials has in common. */
export function dialOptions(parts: Pick<AgentParts, "mark">): { mark?: number } {
  return parts.mark === null ? {} : { mark: parts.mark };
}

/** The proxy node that is asked. `hasOther`: there is another one, so that this one is not waited for as long. */
type Asked = { proxy: SocketAddress; hasOther: boolean };

/** `withSyn`: what leaves with the SYN on a path, null for nothing. Returns the path that answered. */
async function connectToProxy(
  connection: Connection,
  parts: AgentParts,
  { proxy, hasOther }: Asked,
  withSyn: (path: FirstPath) => Buffer | null,
): Promise<{ path: FirstPath; kind: TransportKind }> {
  const { hasMptcp, paths, convert } = parts;
  let lastError: unknown = null;
  for (const path of paths.attempts(hasOther)) {
    const startMs = performance.now();
    const early = withSyn(path);
    const more = early === null ? dialOptions(parts) : { ...dialOptions(parts), withSyn: early };
    try {
      const { kind } = await connection.connect({ ...proxy, ...path, mptcp: hasMptcp, ...more });
      paths.answered(path, kind, performance.now() - startMs);
      return { path, kind };
    } catch (error) {
      const code = errorCode(error);
      if (code === "CONNECTION_GONE") throw error;
      if (early !== null) convert?.unanswered(path.localAddress);
      paths.unanswered(path, code);
      lastError = error;
    }
  }
  throw new AppError("AGENT_PROXY_UNREACHABLE", `No path reaches the proxy (${errorMessage(lastError)}).`, {
    cause: lastError,
  });
}

function noteReached(connection: Connection, parts: AgentParts, transport: TransportKind): void {
  parts.reached(connection, transport);
  if (parts.hasMptcp && transport !== "mptcp")
    parts.log.warn({ session: connection.id, transport }, "MPTCP was refused on the way: one path only");
}

function upstreamOf(connection: Connection): ByteStream {
  return {
    read: () => connection.read("upstream"),
    write: (bytes) => connection.write("upstream", bytes),
  };
}

/** What the proxy says first. Errors: AppError AGENT_PROXY_SILENT, and it is hung up on then; those of `read`. */
function readFirstAnswer(connection: Connection): Promise<Buffer | null> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      connection.hangUp();
      reject(new AppError("AGENT_PROXY_SILENT", `it accepts connections, and says nothing for ${firstAnswerMs} ms`));
    }, firstAnswerMs);
  });
  return Promise.race([connection.read("upstream"), silence]).finally(() => clearTimeout(timer));
}

/** As `upstreamOf`, of a proxy that is to answer at once what it is asked first. */
function promptUpstreamOf(connection: Connection): ByteStream {
  const upstream = upstreamOf(connection);
  let hasAnswered = false;
  return {
    ...upstream,
    read: async () => {
      if (hasAnswered) return upstream.read();
      const bytes = await readFirstAnswer(connection);
      hasAnswered = true;
      return bytes;
    },
  };
}

async function askBySocks(
  connection: Connection,
  parts: AgentParts,
  asked: Asked,
  { host, port }: ProxyDestination,
  early: Buffer,
): Promise<SocksAnswer> {
  const { kind } = await connectToProxy(connection, parts, asked, () => null);
  noteReached(connection, parts, kind);
  const answer = await requestThroughSocks(promptUpstreamOf(connection), parts.credentials, host, port);
  parts.proxyState.reached(kind);
  if (answer.code === socksReply.succeeded && early.length > 0) connection.write("upstream", early);
  return answer;
}

/**
 * The request and the program's bytes leave together; on plain TCP with the SYN where they may arrive twice. MPTCP gets no
 * Fast Open: its servers cannot answer before the handshake's end (lib/mptcp/README.md), so that it would save nothing.
 */
async function askByConvert(
  connection: Connection,
  parts: AgentParts,
  asked: Asked,
  { host, port }: ProxyDestination,
  early: Buffer,
): Promise<SocksAnswer> {
  const request = encodeConvertRequest(parts.credentials, host, port);
  const first = mayArriveTwice(early) ? Buffer.concat([request, early]) : request;
  const canFastOpen = ({ localAddress }: FirstPath): boolean =>
    !parts.hasMptcp && parts.convert?.canFastOpen(localAddress) === true;
  let isSent = false;
  const { kind } = await connectToProxy(connection, parts, asked, (path) => {
    isSent = canFastOpen(path);
    return isSent ? first : null;
  });
  noteReached(connection, parts, kind);
  if (!isSent) connection.write("upstream", Buffer.concat([request, early]));
  else if (first === request && early.length > 0) connection.write("upstream", early);
  // It comes only once the proxy has dialled: how soon says nothing of the proxy.
  const answer = await readConvertAnswer(upstreamOf(connection));
  parts.proxyState.reached(kind);
  return answer;
}

async function ask(
  connection: Connection,
  parts: AgentParts,
  asked: Asked,
  destination: ProxyDestination,
  early: Buffer,
): Promise<SocksAnswer> {
  const { convert } = parts;
  if (convert?.isOn !== true || !isConvertible(destination.host))
    return askBySocks(connection, parts, asked, destination, early);
  try {
    return await askByConvert(connection, parts, asked, destination, early);
  } catch (error) {
    if (errorCode(error) !== "CONVERT_NOT_SPOKEN") throw error;
    convert.notSpoken(errorMessage(error));
    await parts.leaving(connection);
    return askBySocks(connection, parts, asked, destination, early);
  }
}

/** What another node may do better. */
const failsOver: ReadonlySet<string | null> = new Set(["AGENT_PROXY_UNREACHABLE", ...handshakeFailures]);

/**
 * Whether the request may be made elsewhere though this node may have had it: nothing of the program's left, or it may
 * arrive twice.
 */
export function mayAskElsewhere({ convert }: AgentParts, early: Buffer): boolean {
  return convert?.isOn !== true || early.length === 0 || mayArriveTwice(early);
}

/**
 * Connect to the operator's proxy, the first subflow over the path that promises most of those that answer, and ask it for
 * a destination. A node that is not reached, stays silent, breaks off or takes nothing new is left for the next one.
 *
 * @param early the program's first bytes: they have been sent once the answer is that it succeeded
 * Errors: AppError AGENT_PROXY_UNREACHABLE where no link reaches any node (nothing is connected then),
 * AGENT_PROXY_BROKE where it broke the handshake off or stayed silent, SOCKS_REFUSED_CREDENTIALS; CONNECTION_GONE.
 */
export async function reachThroughProxy(
  connection: Connection,
  parts: AgentParts,
  destination: ProxyDestination,
  early: Buffer = nothing,
): Promise<SocksAnswer> {
  const { nodes } = parts;
  for (let left = nodes.count; ; left -= 1) {
    const proxy = nodes.current;
    const hasOther = left > 1;
    try {
      const answer = await ask(connection, parts, { proxy, hasOther }, destination, early);
      const isTaken = answer.code !== socksReply.generalFailure;
      if (isTaken || !hasOther || !mayAskElsewhere(parts, early)) return answer;
      if (!nodes.failed(proxy, "it takes no new connections")) return answer;
    } catch (cause) {
      const code = errorCode(cause);
      if (code === "CONNECTION_GONE") throw cause;
      const isElsewhere =
        hasOther && failsOver.has(code) && (code === "AGENT_PROXY_UNREACHABLE" || mayAskElsewhere(parts, early));
      if (!isElsewhere || !nodes.failed(proxy, errorMessage(cause))) {
        const text = `The operator's proxy broke the handshake off (${errorMessage(cause)}). Try again later.`;
        const error = handshakeFailures.has(code) ? new AppError("AGENT_PROXY_BROKE", text, { cause }) : cause;
        parts.proxyState.failed(errorMessage(error));
        throw error;
      }
    }
    await parts.leaving(connection);
  }
}
