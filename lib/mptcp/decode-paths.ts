import type { PathReading, PathsReading, SocketAddress, TransportKind } from "./face";
import type { WireReader } from "./wire-reader";

/** In the order of enum transport_kind (native/socket.h); 0 is "no transport". */
export const transportKinds: readonly (TransportKind | null)[] = [null, "mptcp", "tcp", "tcp-fallback"];
const tcpEstablished = 1;

/** A path's record of native/fullinfo.c. Addresses are the costly part and rarely wanted: they stay where they are. */
class DecodedPath implements PathReading {
  readonly id: number;
  readonly isEstablished: boolean;
  readonly sentBytes: number;
  readonly ackedBytes: number;
  readonly deliveredBytes: number;
  readonly receivedBytes: number;
  readonly notSentBytes: number;
  readonly srttMs: number;
  readonly rttVarMs: number;
  private readonly endsAt: number;

  constructor(private readonly reader: WireReader) {
    this.id = reader.u32();
    this.endsAt = reader.position;
    reader.skipAddress();
    reader.skipAddress();
    this.isEstablished = reader.u8() === tcpEstablished;
    this.sentBytes = reader.number();
    this.ackedBytes = reader.number();
    this.deliveredBytes = reader.number();
    this.receivedBytes = reader.number();
    this.srttMs = reader.u32() / 1000;
    this.rttVarMs = reader.u32() / 1000;
    this.notSentBytes = reader.u32();
  }

  ends(): { local: SocketAddress; remote: SocketAddress } {
    const [local, remote] = this.reader.addressesAt(this.endsAt, 2);
    if (local === undefined || remote === undefined) throw new RangeError("native helper: a path without ends");
    return { local, remote };
  }
}

function decodeReading(reader: WireReader): PathsReading {
  const connection = reader.number();
  const unsentBytes = reader.u32();
  const kind = transportKinds[reader.u8()] ?? null;
  const token = reader.u32();
  const count = reader.u8();
  const paths: PathReading[] = [];
  for (let i = 0; i < count; i += 1) paths.push(new DecodedPath(reader));
  return { connection, kind, token, unsentBytes, paths };
}

/** The body of a WIRE_PATHS record. */
export function decodePaths(reader: WireReader): PathsReading[] {
  const count = reader.u32();
  const readings: PathsReading[] = [];
  for (let i = 0; i < count; i += 1) readings.push(decodeReading(reader));
  return readings;
}
