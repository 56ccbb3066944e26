import type { Access } from "@/lib/contracts/access";
import type { SubflowReport } from "@/lib/contracts/telemetry";
import type { SubflowSample, TransportSample } from "@/lib/mptcp/face";

const tcpEstablished = 1;
/** What one session report holds (lib/contracts/telemetry.ts). */
const maxReported = 32;

/**
 * Counters of every path a session ever had, kept after the kernel forgot them.
 *
 * Units: payload bytes, cumulative. A path's download is what was sent on it less what was sent again on the same
 * path (`tcpi_bytes_sent - tcpi_bytes_retrans`): unlike acknowledged bytes that is exact at every moment.
 * Source: include/uapi/linux/tcp.h; a closed joined subflow vanishes from MPTCP_FULL_INFO with its bytes.
 */
export class SubflowLedger {
  private readonly paths = new Map<number, SubflowReport>();

  constructor(private readonly accessOf: (ueAddress: string) => Access) {}

  /** Take a new sample; returns the bytes that are new since the one before, per access. */
  update(sample: TransportSample): { access: Access; uploadBytes: number; downloadBytes: number }[] {
    const subflows = sample.kind === "mptcp" ? sample.subflows : sample.subflows.map((path) => this.withOldId(path));
    const listed = new Set(subflows.map((subflow) => subflow.id));
    for (const [id, path] of this.paths) if (!listed.has(id)) this.paths.set(id, { ...path, isOpen: false });
    return subflows.map((subflow) => {
      const before = this.paths.get(subflow.id);
      const now = this.report(subflow);
      this.paths.set(subflow.id, now);
      return {
        access: now.access,
        uploadBytes: now.uploadBytes - (before?.uploadBytes ?? 0),
        downloadBytes: now.downloadBytes - (before?.downloadBytes ?? 0),
      };
    });
  }

  /** The open paths and the last closed ones; the portal keeps what it was told of others. */
  reports(): SubflowReport[] {
    const paths = [...this.paths.values()];
    const open = paths.filter((path) => path.isOpen);
    const closed = paths.filter((path) => !path.isOpen);
    const kept = new Set([...open, ...closed.reverse()].slice(0, maxReported));
    return paths.filter((path) => kept.has(path));
  }

  close(): void {
    for (const [id, path] of this.paths) this.paths.set(id, { ...path, isOpen: false });
  }

  /** A connection that falls back to TCP half-way goes on in the same socket, which has no subflow id any more. */
  private withOldId(subflow: SubflowSample): SubflowSample {
    const { address, port } = subflow.remote;
    const old = [...this.paths.values()].find(
      ({ ueAddress }) => ueAddress.address === address && ueAddress.port === port,
    );
    return old === undefined ? subflow : { ...subflow, id: old.id };
  }

  private report(subflow: SubflowSample): SubflowReport {
    return {
      id: subflow.id,
      access: this.paths.get(subflow.id)?.access ?? this.accessOf(subflow.remote.address),
      ueAddress: subflow.remote,
      proxyAddress: subflow.local,
      uploadBytes: subflow.bytesReceived,
      downloadBytes: subflow.bytesSent - subflow.bytesRetrans,
      rttMs: subflow.rttMs,
      retransSegments: subflow.retransSegments,
      isOpen: subflow.tcpState === tcpEstablished,
    };
  }
}
