import type { Connection } from "@/lib/mptcp/connection";
import type { SocketAddress } from "@/lib/mptcp/face";
import { type Host, hostText, normaliseHost } from "@/lib/protocols/host";
import { socksReply } from "@/lib/protocols/socks5";
import { errorCode, errorMessage } from "@/lib/shared/errors";
import type { AgentParts } from "./agent-parts";
import { EarlyUpload } from "./early-upload";
import { dialOptions, mayAskElsewhere, reachThroughProxy } from "./reach-proxy";

export type CapturedParts = AgentParts & {
  /** The name or address to ask the proxy for; null where the connection goes direct. */
  choose: (original: SocketAddress) => string | null;
  refused: RefusedDestinations;
};

const directTimeoutMs = 10_000;
const refusedMs = 60_000;
const maxRefused = 1000;
const nothing = Buffer.alloc(0);

/** Destinations the proxy lately refused although they are white-listed (also while it is drained): they go direct for a minute. */
export class RefusedDestinations {
  private readonly until = new Map<string, number>();

  add(host: string, port: number): void {
    if (this.until.size >= maxRefused) this.until.clear();
    this.until.set(`${host} ${port}`, performance.now() + refusedMs);
  }

  has(host: string, port: number): boolean {
    return (this.until.get(`${host} ${port}`) ?? 0) > performance.now();
  }
}

/** A program's first bytes, taken off before its way was chosen, and what goes on with the rest. */
type Early = { bytes: Buffer; upload: EarlyUpload };

async function readEarly(connection: Connection, { convert }: CapturedParts): Promise<Early | null> {
  if (convert?.isOn !== true) return null;
  const upload = await EarlyUpload.begin(connection);
  return { bytes: upload.take(), upload };
}

async function relayThroughProxy(
  connection: Connection,
  parts: CapturedParts,
  target: { host: Host; port: number },
  early: Early | null,
): Promise<void> {
  const host = hostText(target.host);
  try {
    const answer = await reachThroughProxy(connection, parts, target, early?.bytes);
    if (answer.code === socksReply.succeeded) {
      if (answer.rest.length > 0) connection.write("client", answer.rest);
      return early === null ? connection.relay() : await early.upload.relay();
    }
    if (answer.code === socksReply.notAllowed || answer.code === socksReply.generalFailure)
      parts.refused.add(host, target.port);
    parts.log.info({ session: connection.id, reply: answer.code }, "the proxy did not connect a captured program");
  } catch (error) {
    if (errorCode(error) === "SOCKS_REFUSED_CREDENTIALS") parts.refused.add(host, target.port);
    throw error;
  }
  connection.close("reset");
}

async function relayDirect(
  connection: Connection,
  parts: CapturedParts,
  original: SocketAddress,
  early: Early | null,
): Promise<void> {
  const target = { ...original, localAddress: null, mptcp: false, timeoutMs: directTimeoutMs, ...dialOptions(parts) };
  await connection.connect(target);
  if (early === null) return connection.relay();
  if (early.bytes.length > 0) connection.write("upstream", early.bytes);
  await early.upload.relay();
}

/** Whether a program that the proxy failed goes direct instead, as if it had not been captured. */
function mayGoDirect(error: unknown, parts: CapturedParts, early: Early | null): boolean {
  const code = errorCode(error);
  if (code === "AGENT_PROXY_BROKE") return mayAskElsewhere(parts, early?.bytes ?? nothing);
  return code === "AGENT_PROXY_UNREACHABLE";
}

/**
 * Serve a program whose connection was captured: through the proxy where its destination is white-listed, else to where
 * it meant to go. While the proxy is not reached, or serves nobody, it goes direct as well: no program is cut off.
 */
export async function serveCaptured(
  connection: Connection,
  parts: CapturedParts,
  original: SocketAddress,
): Promise<void> {
  const { port } = original;
  // Dialled by hand instead of redirected: going where it meant to go would lead here for ever.
  if (port === connection.local.port && original.address === connection.local.address) {
    connection.close("reset");
    return;
  }
  const chosen = normaliseHost(parts.choose(original) ?? "");
  const host = chosen !== null && !parts.refused.has(hostText(chosen), port) ? chosen : null;
  const front = "captured";
  let early: Early | null = null;
  try {
    if (host !== null) {
      early = await readEarly(connection, parts);
      const shown = hostText(host);
      parts.traffic.begin(connection, { host: shown, port, way: "proxy", front });
      try {
        return await relayThroughProxy(connection, parts, { host, port }, early);
      } catch (error) {
        if (!mayGoDirect(error, parts, early)) throw error;
        parts.log.info({ session: connection.id, reason: errorMessage(error) }, "a captured program goes direct");
        await parts.leaving(connection);
      }
    }
    const shown = host === null ? original.address : hostText(host);
    parts.traffic.begin(connection, { host: shown, port, way: "direct", front });
    await relayDirect(connection, parts, original, early);
  } catch (error) {
    const code = errorCode(error);
    if (code === "CONNECTION_GONE") return;
    parts.log.info({ session: connection.id, code, reason: errorMessage(error) }, "captured connection not served");
    connection.close("reset");
  }
}
