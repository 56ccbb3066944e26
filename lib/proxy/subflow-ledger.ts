import type { Access } from "@/lib/contracts/access";
import type { SubflowReport } from "@/lib/contracts/telemetry";
import type { SubflowSample, TransportSample } from "@/lib/mptcp/face";
import type { KnownPath } from "@/lib/steering/known-path";

/** Paths under steering, by subflow id. */
export type SteeredPaths = ReadonlyMap<number, Readonly<KnownPath>>;

/** New bytes of one path. */
export type LedgerGrowth = { access: Access; uploadBytes: number; downloadBytes: number };

type LedgerPath = Omit<SubflowReport, "isBackup" | "downloadLimitBytesPerSecond">;

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
  private readonly paths: LedgerPath[] = [];
  private hasChanged = false;

  /**
   * Take a new sample; returns the bytes that are new since the one before, a path each.
   *
   * @param accessOf the access network of a device's address; asked once a path
   */
  update(sample: TransportSample, accessOf: (ueAddress: string) => Access): LedgerGrowth[] {
    const isMptcp = sample.kind === "mptcp";
    const listed = sample.subflows.map((subflow) => this.find(subflow, isMptcp) ?? this.add(subflow, accessOf));
    for (const path of this.paths) if (path.isOpen && !listed.includes(path)) this.setOpen(path, false);
    return sample.subflows.flatMap((subflow, index) => {
      const path = listed[index];
      return path === undefined ? [] : [this.grow(path, subflow)];
    });
  }

  /** Whether bytes moved, or a path came or went, since this was asked before. */
  takeChanged(): boolean {
    const { hasChanged } = this;
    this.hasChanged = false;
    return hasChanged;
  }

  /** The open paths and the last closed ones; the portal keeps what it was told of others. */
  reports(steered: SteeredPaths | null = null): SubflowReport[] {
    if (this.paths.length <= maxReported) return this.paths.map((path) => withSteering(path, steered));
    const open = this.paths.filter((path) => path.isOpen);
    const closed = this.paths.filter((path) => !path.isOpen);
    const kept = new Set([...open, ...closed.reverse()].slice(0, maxReported));
    return this.paths.filter((path) => kept.has(path)).map((path) => withSteering(path, steered));
  }

  close(): void {
    for (const path of this.paths) this.setOpen(path, false);
  }

  /** A connection that falls back to TCP half-way goes on in the same socket, which has no subflow id any more. */
  private find({ id, remote }: SubflowSample, isMptcp: boolean): LedgerPath | undefined {
    const old = isMptcp
      ? undefined
      : this.paths.find(({ ueAddress }) => ueAddress.address === remote.address && ueAddress.port === remote.port);
    return old ?? this.paths.find((path) => path.id === id);
  }

  private add({ id, remote, local }: SubflowSample, accessOf: (ueAddress: string) => Access): LedgerPath {
    const path = {
      id,
      access: accessOf(remote.address),
      ueAddress: remote,
      proxyAddress: local,
      uploadBytes: 0,
      downloadBytes: 0,
      rttMs: 0,
      retransSegments: 0,
      isOpen: false,
    };
    this.paths.push(path);
    return path;
  }

  private grow(path: LedgerPath, { bytesReceived, bytesSent, bytesRetrans, ...subflow }: SubflowSample): LedgerGrowth {
    const uploadBytes = bytesReceived - path.uploadBytes;
    const downloadBytes = bytesSent - bytesRetrans - path.downloadBytes;
    path.uploadBytes += uploadBytes;
    path.downloadBytes += downloadBytes;
    path.rttMs = subflow.rttMs;
    path.retransSegments = subflow.retransSegments;
    this.setOpen(path, subflow.tcpState === tcpEstablished);
    this.hasChanged ||= uploadBytes !== 0 || downloadBytes !== 0;
    return { access: path.access, uploadBytes, downloadBytes };
  }

  private setOpen(path: LedgerPath, isOpen: boolean): void {
    this.hasChanged ||= path.isOpen !== isOpen;
    path.isOpen = isOpen;
  }
}

/** What steering made of the path, where it knows it; a copy, which later samples leave as it is. */
function withSteering(path: LedgerPath, steered: SteeredPaths | null): SubflowReport {
  const known = steered?.get(path.id);
  if (known === undefined) return { ...path, isBackup: false, downloadLimitBytesPerSecond: null };
  const { isBackup, isPeerBackup, bytesPerSecond } = known;
  return {
    ...path,
    isBackup: isBackup || isPeerBackup,
    downloadLimitBytesPerSecond: path.isOpen ? bytesPerSecond : null,
  };
}
