import type { Entitlement } from "@/lib/contracts/policy";
import type { Connection } from "@/lib/mptcp/connection";
import { classifyAccess } from "@/lib/policy";
import { acceptRequest, FrontRefusal, type FrontRequest, refusalForErrno } from "@/lib/protocols/accept-request";
import { authorityText } from "@/lib/protocols/host";
import { relayRequest } from "@/lib/protocols/relay-request";
import type { CachingResolver } from "@/lib/shared/caching-resolver";
import { errorCode, errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import type { Authenticator } from "./authenticator";
import { chooseDestination } from "./choose-destination";
import type { PolicyStore } from "./policy-store";
import { Session } from "./session";
import type { SessionTable } from "./session-table";
import { SubflowLedger } from "./subflow-ledger";

export type ProxyParts = {
  policy: PolicyStore;
  authenticator: Authenticator;
  resolver: CachingResolver;
  sessions: SessionTable;
  log: Log;
};

const viaName = "twinpath";
const connectTimeoutMs = 10_000;
/** Where more addresses follow, one that does not answer is left this early (RFC 8305 §5 would race them). */
const nextAddressMs = 2000;

async function dial(connection: Connection, addresses: string[], port: number): Promise<string> {
  let lastError: unknown = null;
  for (const [index, address] of addresses.entries()) {
    const timeoutMs = index < addresses.length - 1 ? nextAddressMs : connectTimeoutMs;
    try {
      await connection.connect({ address, port, localAddress: null, mptcp: false, timeoutMs });
      return address;
    } catch (error) {
      if (errorCode(error) === "CONNECTION_GONE") throw error;
      lastError = error;
    }
  }
  throw lastError;
}

async function serveRequest(
  connection: Connection,
  parts: ProxyParts,
  request: FrontRequest,
  entitlement: Entitlement,
): Promise<void> {
  const { policy } = parts.policy;
  const choice = await chooseDestination(policy, parts.resolver, request);
  const log = parts.log.child({ session: connection.id, device: entitlement.deviceId });
  if (choice.kind === "refuse") {
    log.info({ destination: authorityText(request.host, request.port), code: choice.code }, "destination refused");
    throw new FrontRefusal(choice.refusal.text, request.refuse(choice.refusal));
  }
  const ledger = new SubflowLedger((address) => (policy === null ? "other" : classifyAccess(policy, address)));
  const session = new Session(connection, entitlement, request, choice.destination, ledger);
  parts.sessions.add(session);
  try {
    session.connectedTo(await dial(connection, choice.destination.addresses, request.port));
  } catch (error) {
    const code = errorCode(error) ?? "EIO";
    if (code === "CONNECTION_GONE") throw error;
    const destination = authorityText(request.host, request.port);
    log.info({ destination, code }, "destination not reached");
    throw new FrontRefusal(code, request.refuse(refusalForErrno(code, destination)));
  }
  await relayRequest(connection, request);
}

/** Serve one connection from its first byte: handshake, credentials, policy, dial, relay. */
export async function serveConnection(connection: Connection, parts: ProxyParts): Promise<void> {
  const stream = {
    read: () => connection.read("client"),
    write: (bytes: Buffer) => connection.write("client", bytes),
  };
  const authenticate = (user: string, password: string): Promise<Entitlement | null> =>
    parts.authenticator.check(user, password, connection.peer.address);
  try {
    const { request, identity } = await acceptRequest(stream, { authenticate, viaName });
    if (identity !== null) await serveRequest(connection, parts, request, identity);
  } catch (error) {
    const code = errorCode(error);
    if (code === "CONNECTION_GONE") return;
    if (error instanceof FrontRefusal) {
      parts.log.info(
        { session: connection.id, peer: connection.peer.address, reason: error.message },
        "request refused",
      );
      if (error.bytes !== null) connection.write("client", error.bytes);
      connection.close("flush");
    } else {
      if (code === null) parts.log.error({ session: connection.id, err: error }, "session failed");
      else parts.log.debug({ session: connection.id, code, reason: errorMessage(error) }, "session ended early");
      connection.close("reset");
    }
  }
}
