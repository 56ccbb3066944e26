import { decodePaths, transportKinds } from "./decode-paths";
import type {
  CloseReason,
  ConnectionSample,
  RelayEvent,
  Side,
  SubflowSample,
  TransportKind,
  TransportSample,
} from "./face";
import { errnoName } from "./native-error";
import { WireReader } from "./wire-reader";

/** In the order of enum close_reason (native/worker.h). */
const reasons: readonly CloseReason[] = [
  "finished",
  "closed-by-owner",
  "client-reset",
  "upstream-reset",
  "client-gone",
  "handshake-timeout",
  "idle-timeout",
  "engine-stopped",
];

/** In the order of enum wire_type (native/wire.h), which begins at 1. */
const types = [
  "accepted",
  "data",
  "end",
  "connected",
  "connect-failed",
  "limit",
  "closed",
  "sampled",
  "stopped",
  "paths",
] as const;

export const sides: readonly Side[] = ["client", "upstream"];

function at<T>(table: readonly T[], index: number): T {
  const value = table[index];
  if (value === undefined) throw new RangeError(`native helper: unknown code ${index}`);
  return value;
}

function kindOf(code: number): TransportKind {
  return at(transportKinds, code) ?? "tcp";
}

function readSubflow(reader: WireReader): SubflowSample {
  return {
    id: reader.u32(),
    local: reader.address(),
    remote: reader.address(),
    tcpState: reader.u8(),
    bytesSent: reader.number(),
    bytesRetrans: reader.number(),
    bytesAcked: reader.number(),
    bytesReceived: reader.number(),
    rttMs: reader.u32() / 1000,
    rttVarMs: reader.u32() / 1000,
    retransSegments: reader.u32(),
    congestionWindowSegments: reader.u32(),
    notSentBytes: reader.u32(),
  };
}

function readTransport(reader: WireReader): TransportSample | null {
  const kind = at(transportKinds, reader.u8());
  if (kind === null) return null;
  const token = reader.u32();
  const bytesSent = reader.number();
  const bytesReceived = reader.number();
  const bytesRetrans = reader.number();
  const count = reader.u8();
  const subflows: SubflowSample[] = [];
  for (let i = 0; i < count; i += 1) subflows.push(readSubflow(reader));
  return { kind, token, bytesSent, bytesReceived, bytesRetrans, subflows };
}

function readSample(reader: WireReader): ConnectionSample {
  return {
    connection: reader.number(),
    uploadBytes: reader.number(),
    downloadBytes: reader.number(),
    client: readTransport(reader),
    upstream: readTransport(reader),
  };
}

function readEvent(reader: WireReader): RelayEvent | null {
  reader.u32();
  const type = at(types, reader.u8() - 1);
  const detail = reader.u8();
  reader.u16();
  const id = reader.number();
  switch (type) {
    case "accepted":
      return {
        type,
        connection: id,
        kind: kindOf(detail),
        listener: reader.u32(),
        peer: reader.address(),
        local: reader.address(),
        originalDestination: reader.optionalAddress(),
        data: reader.data(),
      };
    case "data":
      return { type, connection: id, side: at(sides, detail), data: reader.data() };
    case "end":
      return { type, connection: id, side: at(sides, detail) };
    case "connected":
      return { type, connection: id, kind: kindOf(detail), local: reader.address(), remote: reader.address() };
    case "connect-failed": {
      const errno = reader.u32();
      return { type, connection: id, errno, code: errnoName(errno) };
    }
    case "limit":
      return { type: at(sides, detail) === "client" ? "upload-limit" : "download-limit", connection: id };
    case "closed":
      return {
        type,
        connection: id,
        reason: at(reasons, detail),
        errno: reader.u32(),
        last: readSample(reader),
      };
    case "sampled": {
      const count = reader.u32();
      const samples: ConnectionSample[] = [];
      for (let i = 0; i < count; i += 1) samples.push(readSample(reader));
      return { type, request: id, samples };
    }
    case "paths":
      reader.keep();
      return { type, request: id, readings: decodePaths(reader) };
    case "stopped":
      return null;
  }
}

/**
 * One batch of native records as events, in order; `hasStopped` once the engine's last record was among them. The memory
 * is the next batch's afterwards: nothing that is returned refers to it.
 */
export function decodeEvents(memory: Buffer, length: number): { events: RelayEvent[]; hasStopped: boolean } {
  const reader = new WireReader(memory, length);
  const events: RelayEvent[] = [];
  let hasStopped = false;
  while (!reader.isAtEnd) {
    const event = readEvent(reader);
    if (event) events.push(event);
    else hasStopped = true;
  }
  return { events, hasStopped };
}
