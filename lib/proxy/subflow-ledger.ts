import type { Access } from "@/lib/contracts/access";
import type { SubflowReport } from "@/lib/contracts/telemetry";
import type { SocketAddress, SubflowSample, TransportSample } from "@/lib/mptcp/face";
import type { KnownPath } from "@/lib/steering/known-path";

/** Paths under steering, by subflow id. */
export type SteeredPaths = ReadonlyMap<number, Readonly<KnownPath>>;

/** New bytes of one path. */
export type LedgerGrowth = { access: Access; uploadBytes: number; downloadBytes: number };

/** Datagrams beside a connection: bytes so far, and both ends; no client until it has sent. */
export type Datagrams = {
  readonly uploadBytes: number;
  readonly downloadBytes: number;
  readonly client: SocketAddress | null;
  readonly local: SocketAddress;
};

type LedgerPath = Omit<SubflowReport, "isBackup" | "downloadLimitBytesPerSecond">;

const tcpEstablished = 1;
/** Their path's id: the kernel's are below 256 (RFC 8684 §3.2: address ids of 8 bits). */
const datagramPathId = 256;
/** What one session report holds (lib/contracts/telemetry.ts). */
const maxReported = 32;

/**
 * Counters of every path a session ever had, kept after the kernel forgot them.
 *
 * Units: payload bytes, cumulative. A path's download is what was sent on it less what was sent again on the same
 * path (`tcpi_bytes_sent - tcpi_bytes_retrans`): unlike acknowledged bytes that is exact at every moment. A counter
 * never goes back: the kernel counts a packet as sent again also where it then has no memory to send it.
 * Source: include/uapi/linux/tcp.h; a closed joined subflow vanishes from MPTCP_FULL_INFO with its bytes.
 */
export class SubflowLedger {
  private readonly paths: LedgerPath[] = [];
  private datagramPath: LedgerPath | null = null;
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

  /** The same for what was relayed as datagrams. */
  updateDatagrams(datagrams: Datagrams, accessOf: (ueAddress: string) => Access): LedgerGrowth[] {
    const { client, local, uploadBytes, downloadBytes } = datagrams;
    if (client === null || !this.isBehind(datagrams)) return [];
    const known = this.datagramPath;
    const path = known ?? newPath(datagramPathId, client, local, accessOf);
    const grown = {
      access: path.access,
      uploadBytes: uploadBytes - path.uploadBytes,
      downloadBytes: downloadBytes - path.downloadBytes,
    };
    this.datagramPath = { ...path, uploadBytes, downloadBytes, isOpen: true };
    this.hasChanged = true;
    return [grown];
  }

  /** Whether datagrams moved that were not taken yet. */
  isBehind({ uploadBytes, downloadBytes }: Datagrams): boolean {
    const told = this.datagramBytes;
    return told.uploadBytes !== uploadBytes || told.downloadBytes !== downloadBytes;
  }

  get datagramBytes(): { uploadBytes: number; downloadBytes: number } {
    return this.datagramPath ?? { uploadBytes: 0, downloadBytes: 0 };
  }

  /** Whether bytes moved, or a path came or went, since this was asked before. */
  takeChanged(): boolean {
    const { hasChanged } = this;
    this.hasChanged = false;
    return hasChanged;
  }

  /** The open paths and the last closed ones; the portal keeps what it was told of others. */
  reports(steered: SteeredPaths | null = null): SubflowReport[] {
    const { datagramPath } = this;
    const paths = datagramPath === null ? this.paths : [datagramPath, ...this.paths];
    if (paths.length <= maxReported) return paths.map((path) => withSteering(path, steered));
    const open = paths.filter((path) => path.isOpen);
    const closed = paths.filter((path) => !path.isOpen);
    const kept = new Set([...open, ...closed.reverse()].slice(0, maxReported));
    return paths.filter((path) => kept.has(path)).map((path) => withSteering(path, steered));
  }

  close(): void {
    for (const path of this.paths) this.setOpen(path, false);
    if (this.datagramPath !== null) this.setOpen(this.datagramPath, false);
  }

  /** A connection that falls back to TCP half-way goes on in the same socket, which has no subflow id any more. */
  private find({ id, remote }: SubflowSample, isMptcp: boolean): LedgerPath | undefined {
    const old = isMptcp
      ? undefined
      : this.paths.find(({ ueAddress }) => ueAddress.address === remote.address && ueAddress.port === remote.port);
    return old ?? this.paths.find((path) => path.id === id);
  }

  private add({ id, remote, local }: SubflowSample, accessOf: (ueAddress: string) => Access): LedgerPath {
    const path = newPath(id, remote, local, accessOf);
    this.paths.push(path);
    return path;
  }

  private grow(path: LedgerPath, { bytesReceived, bytesSent, bytesRetrans, ...subflow }: SubflowSample): LedgerGrowth {
    const uploadBytes = Math.max(0, bytesReceived - path.uploadBytes);
    const downloadBytes = Math.max(0, bytesSent - bytesRetrans - path.downloadBytes);
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

function newPath(
  id: number,
  ueAddress: SocketAddress,
  proxyAddress: SocketAddress,
  accessOf: (ueAddress: string) => Access,
): LedgerPath {
  const counters = { uploadBytes: 0, downloadBytes: 0, rttMs: 0, retransSegments: 0 };
  return { id, access: accessOf(ueAddress.address), ueAddress, proxyAddress, ...counters, isOpen: false };
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
