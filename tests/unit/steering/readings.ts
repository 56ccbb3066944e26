import type { PathManagerEvent, PathReading, PathsReading, SocketAddress } from "@/lib/mptcp/face";

export const ends = {
  wifi: { local: { address: "198.18.20.10", port: 1080 }, remote: { address: "192.168.30.2", port: 40_000 } },
  lte: { local: { address: "198.18.20.10", port: 1080 }, remote: { address: "100.64.10.2", port: 50_000 } },
};

type Ends = { local: SocketAddress; remote: SocketAddress };

export function accessOf({ remote }: Ends): "lte" | "wifi" {
  return remote.address.startsWith("100.") ? "lte" : "wifi";
}

/** A path that has sent this many bytes and has them all acknowledged, unless it says otherwise. */
export function pathReading(id: number, at: Ends, bytes: number, more: Partial<PathReading> = {}): PathReading {
  return {
    id,
    isEstablished: true,
    sentBytes: bytes,
    ackedBytes: bytes,
    deliveredBytes: bytes,
    receivedBytes: 0,
    notSentBytes: 0,
    srttMs: 40,
    rttVarMs: 5,
    ends: () => at,
    ...more,
  };
}

export function pathsReading(paths: PathReading[], more: Partial<PathsReading> = {}): PathsReading {
  return { connection: 1, kind: "mptcp", token: 7, unsentBytes: 0, paths, ...more };
}

export function pathEvent(type: PathManagerEvent["type"], more: Partial<PathManagerEvent> = {}): PathManagerEvent {
  return {
    type,
    token: 7,
    local: null,
    remote: null,
    localId: null,
    remoteId: null,
    isBackup: null,
    errno: null,
    interfaceIndex: null,
    resetReason: null,
    isServerSide: null,
    ...more,
  };
}
