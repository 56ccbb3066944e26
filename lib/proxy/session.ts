import type { Access } from "@/lib/contracts/access";
import type { Entitlement } from "@/lib/contracts/policy";
import type { SessionEndReason } from "@/lib/contracts/session-end-reasons";
import type { PathEvent, SessionReport } from "@/lib/contracts/telemetry";
import type { Connection } from "@/lib/mptcp/connection";
import type { ConnectionSample, RelayEvent, TransportKind } from "@/lib/mptcp/face";
import type { AssociateRequest, FrontRequest } from "@/lib/protocols/accept-request";
import { hostText } from "@/lib/protocols/host";
import type { SteeringEvent } from "@/lib/steering/steering-event";
import { type Datagrams, type LedgerGrowth, type SteeredPaths, SubflowLedger } from "./subflow-ledger";

type Closed = Extract<RelayEvent, { type: "closed" }>;

/** Why this node ended a session that went well. */
export type PolicyEnd = Extract<SessionEndReason, "suspended" | "revoked" | "no-longer-allowed" | "node-drained">;

/** What governs a session now. */
export type Governance = { entitlement: Entitlement; policyVersion: number; whiteListId: string };

/** The access network of a subscriber's device, by its address. */
export type AccessOf = (subscriberId: string, ueAddress: string) => Access;

/** What a session was asked for. */
export type SessionRequest = Pick<FrontRequest, "host" | "port"> & {
  protocol: (FrontRequest | AssociateRequest)["protocol"];
};

/** Steering at work on a session: its paths by subflow id, and how to end it. */
export type Steered = { paths: SteeredPaths; stop(): void };

/** What one report holds (lib/contracts/telemetry.ts). */
const maxEvents = 500;

/** A session from its authorised request to its end, and everything telemetry says of it. */
export class Session {
  private readonly startedAtMs = Date.now();
  private readonly ledger = new SubflowLedger();
  private protocol: SessionRequest["protocol"];
  private host: string;
  private port: number;
  private transport: TransportKind;
  private destinationAddress: string | null = null;
  /** Relayed for the client's socket, and for the destination's: other figures where TLS lies between. */
  private carried = { uploadBytes: 0, downloadBytes: 0 };
  private payload = { uploadBytes: 0, downloadBytes: 0 };
  private reinjectedBytes = 0;
  private ended: { at: string; reason: string } | null = null;
  private policyEnd: PolicyEnd | null = null;
  private steered: Steered | null = null;
  private events: PathEvent[] | null = null;
  private datagrams: Datagrams | null = null;
  /** Something to tell since the last report. */
  private isChanged = true;

  constructor(
    readonly connection: Connection,
    private governance: Governance,
    request: SessionRequest,
    private readonly accessOfDevice: AccessOf,
    /** The connection that the request came by and is relayed on, where that is not the client's own (TLS). */
    readonly decrypted: Connection | null = null,
  ) {
    this.transport = connection.kind;
    this.protocol = request.protocol;
    this.host = hostText(request.host);
    this.port = request.port;
  }

  /** Whether a report would tell anything new. */
  get hasNews(): boolean {
    return this.isChanged;
  }

  /** All of it is to be told again. */
  tellAll(): void {
    this.isChanged = true;
  }

  /** Something happened to its paths that no sample has shown yet. */
  get hasEvents(): boolean {
    return this.events !== null || (this.datagrams !== null && this.ledger.isBehind(this.datagrams));
  }

  /** Datagrams that are relayed beside the connection count as a path of their own. */
  carry(datagrams: Datagrams): void {
    this.datagrams = datagrams;
  }

  /** Each of its datagrams is decided by itself: what became of its latest destination does not end it. */
  get isDecidedByDatagram(): boolean {
    return this.datagrams !== null;
  }

  /** The access network of its device's address. */
  accessOf(ueAddress: string): Access {
    return this.accessOfDevice(this.governance.entitlement.subscriberId, ueAddress);
  }

  get entitlement(): Entitlement {
    return this.governance.entitlement;
  }

  get whiteListId(): string {
    return this.governance.whiteListId;
  }

  /** Its client's next request, on the same connection: it may go elsewhere. */
  turnTo(request: SessionRequest, governance: Governance): void {
    this.protocol = request.protocol;
    this.host = hostText(request.host);
    this.port = request.port;
    this.destinationAddress = null;
    this.govern(governance);
  }

  /** Where it goes: as the client named it, and once connected the address that was dialled. */
  get destination(): { host: string; port: number; address: string | null } {
    return { host: this.host, port: this.port, address: this.destinationAddress };
  }

  get hasEnded(): boolean {
    return this.ended !== null;
  }

  /** From now on these settings count. */
  govern(governance: Governance): void {
    this.governance = governance;
    this.isChanged = true;
  }

  /** End it at once for this reason; the first one counts. */
  endBy(reason: PolicyEnd): void {
    this.policyEnd ??= reason;
    this.connection.close("reset");
  }

  get isMptcp(): boolean {
    return this.transport === "mptcp";
  }

  connectedTo(address: string): void {
    this.destinationAddress = address;
    this.isChanged = true;
  }

  /** Be told the end of the client's connection once all of it is over. */
  onClosed(listener: (closed: Closed) => void): void {
    const { connection, decrypted } = this;
    if (decrypted === null) {
      connection.onClosed(listener);
      return;
    }
    connection.onClosed((own) =>
      decrypted.onClosed(({ reason }) => {
        // Where we ended the client's connection, it was for what had ended the other one.
        const isForOther = own.reason === "closed-by-owner" && this.policyEnd === null;
        listener(isForOther ? { ...own, reason } : own);
      }),
    );
  }

  /** Take new counters; returns the new bytes per access (see SubflowLedger.update). */
  update(sample: ConnectionSample): LedgerGrowth[] {
    const { uploadBytes, downloadBytes } = sample;
    const isOfPayload = sample.connection === (this.decrypted ?? this.connection).id;
    const before = isOfPayload ? this.payload : this.carried;
    if (before.uploadBytes !== uploadBytes || before.downloadBytes !== downloadBytes) this.isChanged = true;
    if (isOfPayload) this.payload = { uploadBytes, downloadBytes };
    if (sample.connection !== this.connection.id) return [];
    this.carried = { uploadBytes, downloadBytes };
    const accessOf = (address: string): Access => this.accessOf(address);
    const growth = this.datagrams === null ? [] : this.ledger.updateDatagrams(this.datagrams, accessOf);
    if (sample.client !== null) {
      this.transport = sample.client.kind;
      this.reinjectedBytes = sample.client.kind === "mptcp" ? sample.client.bytesRetrans : 0;
      growth.push(...this.ledger.update(sample.client, accessOf));
    }
    if (this.ledger.takeChanged()) this.isChanged = true;
    return growth;
  }

  steerBy(steered: Steered): void {
    this.steered = steered;
  }

  /** Something that happened to one of its paths, for the next report. */
  addEvent({ atMs, ...event }: SteeringEvent): void {
    this.isChanged = true;
    this.events ??= [];
    this.events.push({ at: new Date(atMs).toISOString(), ...event });
    if (this.events.length > maxEvents) this.events.shift();
  }

  end(closed: Closed): void {
    this.steered?.stop();
    this.ledger.close();
    this.ended = { at: new Date().toISOString(), reason: this.endReason(closed) };
  }

  private endReason({ reason }: Closed): SessionEndReason {
    if (reason !== "closed-by-owner" || this.policyEnd !== null) return this.policyEnd ?? reason;
    // After an answer that was its client's last.
    const isAnswered = this.destinationAddress !== null && this.connection.closedHow === "flush";
    return isAnswered ? "finished" : reason;
  }

  /** Its state now, and (once) the events since the report before. */
  report(): SessionReport {
    const { clientRead, clientWritten } = this.connection.conversation;
    const { upstreamWritten } = (this.decrypted ?? this.connection).conversation;
    const uploadBytes = this.payload.uploadBytes + upstreamWritten;
    const { downloadBytes } = this.payload;
    const { entitlement, policyVersion, whiteListId } = this.governance;
    const datagrams = this.ledger.datagramBytes;
    const events = this.events ?? [];
    this.events = null;
    this.isChanged = false;
    return {
      id: String(this.connection.id),
      deviceId: entitlement.deviceId,
      subscriberId: entitlement.subscriberId,
      serviceClassId: entitlement.serviceClassId,
      protocol: this.protocol,
      destination: this.host.includes(":") ? `[${this.host}]:${this.port}` : `${this.host}:${this.port}`,
      destinationAddress: this.destinationAddress,
      whiteListId,
      policyVersion,
      transport: this.transport,
      startedAt: new Date(this.startedAtMs).toISOString(),
      uploadBytes: uploadBytes + datagrams.uploadBytes,
      downloadBytes: downloadBytes + datagrams.downloadBytes,
      handshakeUploadBytes: this.carried.uploadBytes + clientRead - uploadBytes,
      // Below zero while what was decrypted is still on its way to the client.
      handshakeDownloadBytes: Math.max(0, this.carried.downloadBytes + clientWritten - downloadBytes),
      reinjectedBytes: this.reinjectedBytes,
      subflows: this.ledger.reports(this.steered?.paths ?? null),
      events,
      end: this.ended,
    };
  }
}
