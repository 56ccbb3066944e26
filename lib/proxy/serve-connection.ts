import type { Entitlement } from "@/lib/contracts/policy";
import type { Connection } from "@/lib/mptcp/connection";
import {
  type AssociateRequest,
  FrontRefusal,
  type FrontRequest,
  type Refusal,
  refusalForErrno,
} from "@/lib/protocols/accept-request";
import { authorityText } from "@/lib/protocols/host";
import { encodeProxyHeader } from "@/lib/protocols/proxy-protocol";
import { relayRequest } from "@/lib/protocols/relay-request";
import { serveRequests } from "@/lib/protocols/serve-requests";
import { socksReply } from "@/lib/protocols/socks5";
import type { CachingResolver } from "@/lib/shared/caching-resolver";
import { AppError, errorCode, errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { type AddressSet, isInSet } from "./address-set";
import type { Authenticator } from "./authenticator";
import { chooseDestination, type DestinationChoice } from "./choose-destination";
import type { Client, ClientFront } from "./client-front";
import type { DatagramRelay } from "./datagrams/datagram-relay";
import type { HandshakeCaps } from "./handshake-caps";
import { KeptServer } from "./kept-server";
import type { PolicyStore } from "./policy-store";
import type { RuleHits } from "./rule-hits";
import { type AccessOf, type Governance, Session } from "./session";
import type { SessionGovernor } from "./session-governor";

export type ProxyParts = {
  front: ClientFront;
  /** Destinations that are told the client's address by a PROXY protocol header. */
  toldDestinations: AddressSet;
  policy: PolicyStore;
  authenticator: Authenticator;
  handshakes: HandshakeCaps;
  resolver: CachingResolver;
  governor: SessionGovernor;
  ruleHits: RuleHits;
  /** Why no new session is taken from this connection; null where one is. */
  refusalOf: (connection: Connection) => Refusal | null;
  /** Whether clients of this connection had better come back by another one. */
  isLeaving: (connection: Connection) => boolean;
  /** The access network of a subscriber's device by its address, under the policy in force. */
  accessOf: AccessOf;
  /** Absent: clients may not ask for UDP ASSOCIATE. */
  datagrams?: DatagramRelay;
  /** Of the MPTCP option where devices can speak it to this node, for those that ask by Convert. */
  tcpExtensions?: readonly number[];
  log: Log;
};

/** A client, the session that its requests make, once there is one, and the server that it asked last. */
type ServedClient = Client & {
  session: Session | null;
  server: KeptServer;
  /** The idle time-out counts, not the handshake's any more. */
  hasTime: boolean;
};

const viaName = "twinpath";
/** A name's address is waited for so long, and then a connection: agents wait for both (30 s, lib/agent/agent.ts). */
const resolveTimeoutMs = 10_000;
const connectTimeoutMs = 10_000;

const nothing = Buffer.alloc(0);

/** What comes may take longer than a handshake; nothing was relayed so far. */
function takeTime(client: ServedClient): void {
  if (client.hasTime) return;
  client.hasTime = true;
  client.connection.pass("client", 0).catch(() => {});
}

/** What was chosen, unless nobody says the name's address in time. */
function chosenInTime(choosing: Promise<DestinationChoice>, { host, port }: FrontRequest): Promise<DestinationChoice> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<DestinationChoice>((resolve) => {
    const refuse = (): void => {
      const refusal = refusalForErrno("ETIMEDOUT", authorityText(host, port));
      resolve({ kind: "refuse", code: "name-timeout", refusal });
    };
    timer = setTimeout(refuse, resolveTimeoutMs);
  });
  return Promise.race([choosing, late]).finally(() => clearTimeout(timer));
}

/** Connect to the first of the addresses that answers. `answer` as in ConnectOptions. */
async function dial(
  connection: Connection,
  { addresses, port, answer }: { addresses: string[]; port: number; answer: Buffer },
  onConnected: (address: string) => void,
): Promise<void> {
  const target = { port, localAddress: null, mptcp: false, timeoutMs: connectTimeoutMs, answer };
  await connection.connectFirst(addresses, target, ({ remote }) => onConnected(remote.address));
}

const otherDevice: Refusal = {
  socks: socksReply.notAllowed,
  http: 403,
  text: "This connection is another device's. Ask on one of your own.",
};

/** The session of this request: the one that its client's requests before made, or a new one. */
function beginSession(
  { connection, carrier, session: known }: ServedClient,
  parts: ProxyParts,
  request: FrontRequest,
  governance: Governance,
): Session {
  if (known !== null) {
    known.turnTo(request, { ...governance, entitlement: known.entitlement });
    return known;
  }
  const decrypted = carrier === connection ? null : connection;
  return new Session(carrier, governance, request, parts.accessOf, decrypted);
}

async function serveRequest(
  client: ServedClient,
  parts: ProxyParts,
  request: FrontRequest,
  entitlement: Entitlement,
): Promise<boolean> {
  const { connection, carrier, source } = client;
  const { subscriberId, extraWhiteListIds } = entitlement;
  const closed = parts.refusalOf(carrier);
  if (closed !== null) throw request.refuse(closed);
  if (client.session !== null && client.session.entitlement.deviceId !== entitlement.deviceId)
    throw request.refuse(otherDevice);
  const policy = parts.policy.policyFor(subscriberId);
  const chosen = chooseDestination(policy, parts.resolver, request, new Set(extraWhiteListIds));
  if (chosen instanceof Promise) takeTime(client);
  const choice = chosen instanceof Promise ? await chosenInTime(chosen, request) : chosen;
  const refused = (code: string, what: string): void => {
    const destination = authorityText(request.host, request.port);
    parts.log.info({ session: carrier.id, device: entitlement.deviceId, destination, code }, what);
  };
  if (choice.kind === "refuse") {
    refused(choice.code, "destination refused");
    throw request.refuse(choice.refusal);
  }
  const { addresses, whiteListId, rule } = choice.destination;
  parts.ruleHits.count(whiteListId, rule);
  const governance = { entitlement, policyVersion: policy?.version ?? 0, whiteListId };
  const session = beginSession(client, parts, request, governance);
  if (client.session === null) parts.governor.begin(session, policy);
  client.session = session;
  const { server } = client;
  const reused = request.kind === "forward" ? server.take(request, addresses) : server.drop();
  if (reused !== null) {
    session.connectedTo(reused);
    try {
      return await relayRequest(server, request, undefined, true);
    } catch (error) {
      if (errorCode(error) !== "SERVER_LEFT") throw error;
      server.drop();
    }
  }
  // A tunnel to which nothing is to be said first begins by itself once it is connected.
  const isAlone = request.kind === "tunnel" && request.rest.length === 0 && parts.toldDestinations.size === 0;
  const answer = isAlone ? request.established : nothing;
  try {
    await dial(connection, { addresses, port: request.port, answer }, (address) => {
      session.connectedTo(address);
      if (request.kind === "forward") server.use(request, address);
      if (isInSet(parts.toldDestinations, address))
        connection.write("upstream", encodeProxyHeader({ source, destination: carrier.local }));
      const isAsDecided = address === addresses[0] && parts.policy.policyFor(subscriberId) === policy;
      if (!isAsDecided || session.entitlement !== entitlement) parts.governor.connected(session);
    });
    // What relays gives time by itself.
    client.hasTime = true;
    if (isAlone) return false;
  } catch (error) {
    const code = errorCode(error) ?? "EIO";
    if (code === "CONNECTION_GONE") throw error;
    refused(code, "destination not reached");
    const destination = authorityText(request.host, request.port);
    throw request.refuse(refusalForErrno(code, destination));
  }
  return relayRequest(server, request);
}

const tooMany = new AppError("PROXY_SOURCE_FULL", "too many connections of this source are in their handshake");

/** Serve one connection from its first byte: handshake, credentials, policy, dial, relay; by HTTP request after request. */
export async function serveConnection(connection: Connection, parts: ProxyParts): Promise<void> {
  const onRefused = ({ message: reason }: FrontRefusal): void =>
    parts.log.info({ session: connection.id, peer: connection.peer.address, reason }, "request refused");
  const direct = parts.front.sourceOf(connection);
  const ends = [parts.handshakes.begin(direct)];
  const shown = (): void => {
    for (const end of ends) end?.();
  };
  let isSecured = false;
  try {
    if (ends.includes(null)) throw tooMany;
    const opening = parts.front.open(connection);
    const opened = opening instanceof Promise ? await opening : opening;
    if (opened === null) return;
    if (direct === null) ends.push(parts.handshakes.begin(opened.source.address));
    if (ends.includes(null)) throw tooMany;
    if ("onBegun" in opened) {
      isSecured = true;
      opened.onBegun(shown);
      return;
    }
    const server = new KeptServer(opened.connection);
    let isKnown = false;
    const client: ServedClient = { ...opened, session: null, server, hasTime: false };
    const authenticate = (user: string, password: string): Entitlement | Promise<Entitlement | null> =>
      parts.authenticator.check(user, password, client.source.address);
    const { datagrams } = parts;
    const associate = async (request: AssociateRequest, identity: Entitlement | null): Promise<void> => {
      shown();
      if (identity !== null) await datagrams?.serve(client, request, identity);
    };
    await serveRequests({
      ...(datagrams === undefined ? {} : { associate }),
      stream: client.stream,
      authenticate,
      viaName,
      keepsServers: true,
      isLast: () => parts.isLeaving(client.carrier),
      tcpExtensions: parts.tcpExtensions ?? [],
      serve: (request, identity) => {
        shown();
        isKnown = identity !== null;
        return identity === null ? Promise.resolve(false) : serveRequest(client, parts, request, identity);
      },
      onRefused,
      onServed: () => {
        if (isKnown) takeTime(client);
        server.settle();
      },
      end: () => connection.close("flush"),
    });
  } catch (error) {
    const code = errorCode(error);
    if (code === "CONNECTION_GONE") return;
    if (error instanceof FrontRefusal) {
      onRefused(error);
      if (error.bytes !== null) connection.write("client", error.bytes);
      connection.close("flush");
    } else {
      if (code === null) parts.log.error({ session: connection.id, err: error }, "session failed");
      else parts.log.debug({ session: connection.id, code, reason: errorMessage(error) }, "session ended early");
      connection.close("reset");
    }
  } finally {
    if (!isSecured) shown();
  }
}
