import type { Entitlement } from "@/lib/contracts/policy";
import type { Connection } from "@/lib/mptcp/connection";
import type { AssociateRequest, Refusal } from "@/lib/protocols/accept-request";
import { authorityText, type Host } from "@/lib/protocols/host";
import { socksReply } from "@/lib/protocols/socks5";
import type { CachingResolver } from "@/lib/shared/caching-resolver";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { bytesPerSecondOfKbps } from "@/lib/shared/units";
import type { Client } from "../client-front";
import type { PolicyStore } from "../policy-store";
import type { RuleHits } from "../rule-hits";
import { type AccessOf, Session } from "../session";
import type { SessionGovernor } from "../session-governor";
import { Association } from "./association";
import { DatagramRates, type Direction } from "./datagram-rates";
import { type DatagramDestination, DestinationDecisions } from "./destination-decisions";

export type DatagramRelayOptions = {
  policy: PolicyStore;
  resolver: CachingResolver;
  governor: SessionGovernor;
  ruleHits: RuleHits;
  refusalOf: (connection: Connection) => Refusal | null;
  accessOf: AccessOf;
  log: Log;
  /** An association without a datagram for this long ends (RFC 4787 §4.3: two minutes at the least). */
  idleMs?: number;
  /** Associations of one subscriber at the same time. */
  maxPerSubscriber?: number;
};

const defaultIdleMs = 300_000;
const defaultMaxPerSubscriber = 32;
/** A node's idle time-out at the least (lib/contracts/nodes.ts). */
const connectionIdleMs = 10_000;

const refuseWith = (text: string): Refusal => ({ socks: socksReply.generalFailure, http: 503, text });

/** Its datagrams keep a client's connections from being idle. */
function keepFromIdle({ connection, carrier }: Client): void {
  void connection.pass("client", 0).catch(() => {});
  // It is relayed into TLS as it is; to say so again begins its idle time anew.
  if (carrier !== connection) carrier.relay();
}

/**
 * UDP ASSOCIATE: relays datagrams between a client and the destinations that policy lets pass, each decided by itself,
 * while the client's TCP connection lasts, which is the association's owner.
 *
 * From its first datagram that passed it is a session, which names the latest destination; its datagrams count as a path
 * of the access network that they came by, beside the connection's own.
 * Source: RFC 1928 §6, §7.
 */
export class DatagramRelay {
  private readonly rates = new DatagramRates();
  private readonly running = new Map<string, number>();

  constructor(private readonly options: DatagramRelayOptions) {}

  /** Serve one association to its end. Errors: FrontRefusal; CONNECTION_GONE. */
  async serve(client: Client, request: AssociateRequest, entitlement: Entitlement): Promise<void> {
    const { refusalOf, maxPerSubscriber = defaultMaxPerSubscriber } = this.options;
    const { subscriberId } = entitlement;
    const closed = refusalOf(client.carrier);
    if (closed !== null) throw request.refuse(closed);
    const running = this.running.get(subscriberId) ?? 0;
    if (running >= maxPerSubscriber)
      throw request.refuse(refuseWith(`The subscriber has ${running} UDP associations already. End some of them.`));
    this.running.set(subscriberId, running + 1);
    try {
      await this.relay(client, request, entitlement);
    } finally {
      const left = (this.running.get(subscriberId) ?? 1) - 1;
      if (left > 0) this.running.set(subscriberId, left);
      else {
        this.running.delete(subscriberId);
        this.rates.forget(subscriberId);
      }
    }
  }

  private async relay(client: Client, request: AssociateRequest, entitlement: Entitlement): Promise<void> {
    const { connection, carrier, source } = client;
    const { log, idleMs = defaultIdleMs } = this.options;
    let session: Session | null = null;
    const current = (): Entitlement => session?.entitlement ?? entitlement;
    const decisions = new DestinationDecisions(
      this.options.policy,
      this.options.resolver,
      (found, host, port, code) => {
        if (found !== null) session = this.turn(session, client, association, current(), found, { host, port });
        else log.info({ session: carrier.id, destination: authorityText(host, port), code }, "datagrams refused");
      },
    );
    const from = request.from?.address === source.address ? request.from : { address: source.address, port: null };
    const association = await Association.open({
      address: carrier.local.address,
      from,
      decide: async (host, port) => (await decisions.decide(current(), host, port))?.address ?? null,
      mayPass: (direction, bytes) => this.mayPass(current(), direction, bytes),
    }).catch((error: unknown) => {
      throw request.refuse(refuseWith(`No UDP port can be opened (${errorMessage(error)}).`));
    });
    connection.onClosed(() => association.close());
    const { address, port } = association.local;
    connection.write("client", request.established(address, port));
    let seenAtMs = association.lastMovedAtMs;
    const timer = setInterval(() => {
      if (performance.now() - association.lastMovedAtMs >= idleMs) return connection.close("flush");
      if (association.lastMovedAtMs !== seenAtMs) keepFromIdle(client);
      seenAtMs = association.lastMovedAtMs;
    }, Math.min(idleMs, connectionIdleMs) / 4);
    try {
      await connection.pass("client", 0);
      while ((await connection.read("client")) !== null);
      connection.close("flush");
    } finally {
      clearInterval(timer);
      association.close();
      const { uploadBytes, downloadBytes, dropped } = association;
      log.info({ session: carrier.id, uploadBytes, downloadBytes, dropped }, "association ended");
    }
  }

  /** The session of the association, which goes there from now on. */
  private turn(
    known: Session | null,
    { connection, carrier }: Client,
    association: Association,
    entitlement: Entitlement,
    { address, whiteListId, rule }: NonNullable<DatagramDestination>,
    asked: { host: Host; port: number },
  ): Session {
    const { policy, governor, ruleHits, accessOf } = this.options;
    ruleHits.count(whiteListId, rule);
    const inForce = policy.policyFor(entitlement.subscriberId);
    const governance = { entitlement, policyVersion: inForce?.version ?? 0, whiteListId };
    const request = { protocol: "socks5-udp", ...asked } as const;
    const session =
      known ?? new Session(carrier, governance, request, accessOf, carrier === connection ? null : connection);
    if (known === null) {
      session.carry(association);
      governor.begin(session, inForce);
    } else known.turnTo(request, governance);
    session.connectedTo(address);
    return session;
  }

  private mayPass({ subscriberId, serviceClassId }: Entitlement, direction: Direction, bytes: number): boolean {
    const serviceClass = this.options.policy.policyFor(subscriberId)?.serviceClasses.get(serviceClassId);
    const capKbps = serviceClass?.totalRateKbps ?? null;
    return this.rates.take(subscriberId, direction, bytes, capKbps === null ? null : bytesPerSecondOfKbps(capKbps));
  }
}
