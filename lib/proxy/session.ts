import type { Entitlement } from "@/lib/contracts/policy";
import type { SessionReport } from "@/lib/contracts/telemetry";
import type { Connection } from "@/lib/mptcp/connection";
import type { ConnectionSample, RelayEvent, TransportKind } from "@/lib/mptcp/face";
import type { FrontRequest } from "@/lib/protocols/accept-request";
import { authorityText } from "@/lib/protocols/host";
import type { Destination } from "./choose-destination";
import type { SubflowLedger } from "./subflow-ledger";

type Closed = Extract<RelayEvent, { type: "closed" }>;

/** A session from its authorised request to its end, and everything telemetry says of it. */
export class Session {
  private readonly startedAt = new Date();
  private transport: TransportKind;
  private destinationAddress: string | null = null;
  private uploadBytes = 0;
  private downloadBytes = 0;
  private reinjectedBytes = 0;
  private ended: { at: string; reason: string } | null = null;

  constructor(
    readonly connection: Connection,
    readonly entitlement: Entitlement,
    private readonly request: FrontRequest,
    private readonly destination: Destination,
    readonly ledger: SubflowLedger,
  ) {
    this.transport = connection.kind;
  }

  get isMptcp(): boolean {
    return this.transport === "mptcp";
  }

  connectedTo(address: string): void {
    this.destinationAddress = address;
  }

  /** Take new counters; returns the new bytes per access (see SubflowLedger.update). */
  update(sample: ConnectionSample): ReturnType<SubflowLedger["update"]> {
    this.uploadBytes = sample.uploadBytes;
    this.downloadBytes = sample.downloadBytes;
    if (sample.client === null) return [];
    this.transport = sample.client.kind;
    this.reinjectedBytes = sample.client.kind === "mptcp" ? sample.client.bytesRetrans : 0;
    return this.ledger.update(sample.client);
  }

  end(closed: Closed): void {
    this.ledger.close();
    this.ended = { at: new Date().toISOString(), reason: closed.reason };
  }

  report(): SessionReport {
    const { clientRead, clientWritten, upstreamWritten } = this.connection.conversation;
    return {
      id: String(this.connection.id),
      deviceId: this.entitlement.deviceId,
      subscriberId: this.entitlement.subscriberId,
      serviceClassId: this.entitlement.serviceClassId,
      protocol: this.request.protocol,
      destination: authorityText(this.request.host, this.request.port),
      destinationAddress: this.destinationAddress,
      whiteListId: this.destination.whiteListId,
      transport: this.transport,
      startedAt: this.startedAt.toISOString(),
      uploadBytes: this.uploadBytes + upstreamWritten,
      downloadBytes: this.downloadBytes,
      handshakeUploadBytes: clientRead - upstreamWritten,
      handshakeDownloadBytes: clientWritten,
      reinjectedBytes: this.reinjectedBytes,
      subflows: this.ledger.reports(),
      end: this.ended,
    };
  }
}
