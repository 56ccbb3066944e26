import { checkAddress, checkInteger, checkPort } from "./check-arguments";
import { decodeEvents } from "./decode-events";
import type { EngineStats, Listener, RelayEngine, RelayEngineOptions, RelayEvent, Side } from "./face";
import type { Addon } from "./load-addon";
import { requireNumber, requireResult } from "./native-error";

const maxThreads = 64;
/** 24 days: what fits the engine's 32-bit milliseconds with room. */
const maxTimeoutMs = 2 ** 31 - 1;
const defaultBacklog = 4096;

const sideNumber: Record<Side, 0 | 1> = { client: 0, upstream: 1 };

/**
 * Start the relay engine's threads. See RelayEngine for what it does.
 *
 * Errors: AppError MPTCP_BAD_ARGUMENT for options out of range, NativeError where threads or descriptors are short.
 */
export function createRelayEngine(addon: Addon, options: RelayEngineOptions): RelayEngine {
  let stopping: Promise<void> | null = null;
  let resolveStopped: () => void = () => undefined;

  const handle = requireResult(
    addon.engineCreate(
      checkInteger("threads", options.threads, 1, maxThreads),
      checkInteger("handshakeTimeoutMs", options.handshakeTimeoutMs, 1, maxTimeoutMs),
      checkInteger("idleTimeoutMs", options.idleTimeoutMs, 0, maxTimeoutMs),
      checkInteger("maxConnections", options.maxConnections, 1, 2 ** 31 - 1),
      onBatch,
    ),
    "engineCreate",
    () => `Starting ${options.threads} relay threads failed`,
  );

  function onBatch(batch: Buffer): void {
    const { events, hasStopped } = decodeEvents(batch);
    try {
      const wanted = events.map(withoutEnded);
      if (wanted.length > 0) options.onEvents(wanted);
    } finally {
      if (hasStopped) resolveStopped();
    }
  }

  /** A sample may be overtaken by its connection's end, which another thread reported: it is left out then. */
  function withoutEnded(event: RelayEvent): RelayEvent {
    if (event.type !== "sampled") return event;
    return { ...event, samples: event.samples.filter((sample) => addon.engineIsOpen(handle, sample.connection)) };
  }

  function stats(): EngineStats {
    const [connections, accepted, refused, relaying, uploadBytes, downloadBytes] = addon.engineStats(handle);
    return { connections, accepted, refused, relaying, uploadBytes, downloadBytes };
  }

  return {
    listen({ address, port, mptcp, backlog = defaultBacklog }): Listener {
      checkInteger("backlog", backlog, 1, 65_535);
      const [id, boundPort] = requireResult(
        addon.engineListen(handle, checkAddress("address", address), checkPort("port", port, 0), mptcp, backlog),
        "listen",
        () => `Listening on ${address} port ${port} (${mptcp ? "MPTCP" : "TCP"}) failed`,
      );
      return { id, address, port: boundPort, mptcp };
    },

    closeListener(id) {
      addon.engineCloseListener(handle, id);
    },

    read(connection, side) {
      requireNumber(addon.engineRead(handle, connection, sideNumber[side]), "read", () => "Asking for bytes failed");
    },

    write(connection, side, bytes) {
      requireNumber(
        addon.engineWrite(handle, connection, sideNumber[side], bytes),
        "write",
        () => `Queueing ${bytes.byteLength} bytes failed`,
      );
    },

    connect(connection, { address, port, localAddress, mptcp, timeoutMs }) {
      requireNumber(
        addon.engineConnect(
          handle,
          connection,
          checkAddress("address", address),
          checkPort("port", port, 1),
          localAddress === null ? null : checkAddress("localAddress", localAddress),
          mptcp,
          checkInteger("timeoutMs", timeoutMs, 1, maxTimeoutMs),
        ),
        "connect",
        () => `Connecting to ${address} port ${port} failed`,
      );
    },

    relay(connection, relayOptions = {}) {
      const { uploadLimitBytes } = relayOptions;
      const limit =
        uploadLimitBytes === undefined
          ? -1
          : checkInteger("uploadLimitBytes", uploadLimitBytes, 0, Number.MAX_SAFE_INTEGER);
      requireNumber(addon.engineRelay(handle, connection, limit), "relay", () => "Starting the relay failed");
    },

    close(connection, how) {
      requireNumber(addon.engineClose(handle, connection, how === "reset"), "close", () => "Closing failed");
    },

    sample(request, connections, sides) {
      checkInteger("request", request, 0, 2 ** 32 - 1);
      const mask = (sides.includes("client") ? 1 : 0) | (sides.includes("upstream") ? 2 : 0);
      const ids = connections === null ? null : Float64Array.from(connections);
      requireNumber(addon.engineSample(handle, request, ids, mask), "sample", () => "Asking for counters failed");
    },

    stats,

    stop() {
      stopping ??= new Promise<void>((resolve) => {
        resolveStopped = resolve;
        addon.engineStop(handle);
      });
      return stopping;
    },
  };
}
