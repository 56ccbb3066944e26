import { checkAddress, checkInteger, checkPort } from "./check-arguments";
import { decodeEvents, sides } from "./decode-events";
import type {
  ConnectOptions,
  EngineBounds,
  EngineStats,
  Listener,
  RateLimitId,
  RelayEngine,
  RelayEngineOptions,
  RelayEvent,
  Side,
} from "./face";
import type { Addon } from "./load-addon";
import { requireNumber, requireResult } from "./native-error";

const maxThreads = 64;
/** 24 days: what fits the engine's 32-bit milliseconds with room. */
const maxTimeoutMs = 2 ** 31 - 1;
const defaultBacklog = 4096;
/** Threads are woken for this many commands even within a turn: they have work enough. */
const maxWaiting = 256;
const maxMark = 2 ** 32 - 1;
/** The kernel's number is an int. */
const maxSendBufferBytes = 2 ** 31 - 1;

const sideNumber: Record<Side, 0 | 1> = { client: 0, upstream: 1 };

function sideBits(wanted: readonly Side[]): number {
  return (wanted.includes("client") ? 1 : 0) | (wanted.includes("upstream") ? 2 : 0);
}

function checkLimitId(limit: RateLimitId): number {
  return checkInteger("limit", limit, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}

/** The addon knows no limit as 0. */
function checkRate(name: string, bytesPerSecond: number | null): number {
  return bytesPerSecond === null ? 0 : checkInteger(name, bytesPerSecond, 1, Number.MAX_SAFE_INTEGER);
}

/** What all attempts to connect have in common, as the addon takes it. */
function checkTarget({ address, port, localAddress, mptcp, timeoutMs, mark = 0 }: ConnectOptions) {
  return [
    checkAddress("address", address),
    checkPort("port", port, 1),
    localAddress === null ? null : checkAddress("localAddress", localAddress),
    mptcp,
    checkInteger("timeoutMs", timeoutMs, 1, maxTimeoutMs),
    checkInteger("mark", mark, 0, maxMark),
  ] as const;
}

function checkBounds(
  bounds: EngineBounds,
): [handshakeTimeoutMs: number, idleTimeoutMs: number, maxConnections: number] {
  return [
    checkInteger("handshakeTimeoutMs", bounds.handshakeTimeoutMs, 1, maxTimeoutMs),
    checkInteger("idleTimeoutMs", bounds.idleTimeoutMs, 0, maxTimeoutMs),
    checkInteger("maxConnections", bounds.maxConnections, 1, 2 ** 31 - 1),
  ];
}

/**
 * Start the relay engine's threads. See RelayEngine for what it does.
 *
 * Errors: AppError MPTCP_BAD_ARGUMENT for options out of range, NativeError where threads or descriptors are short.
 */
export function createRelayEngine(addon: Addon, options: RelayEngineOptions): RelayEngine {
  let stopping: Promise<void> | null = null;
  let waiting = 0;
  let resolveStopped: () => void = () => undefined;

  const handle = requireResult(
    addon.engineCreate(
      checkInteger("threads", options.threads, 1, maxThreads),
      ...checkBounds(options),
      sideBits(options.lastSides ?? sides),
      onBatch,
    ),
    "engineCreate",
    () => `Starting ${options.threads} relay threads failed`,
  );

  function onBatch(memory: Buffer, length: number): void {
    const { events, hasStopped } = decodeEvents(memory, length);
    try {
      if (events.length > 0) options.onEvents(events.map(withoutEnded));
    } finally {
      if (hasStopped) resolveStopped();
    }
  }

  /** A sample may be overtaken by its connection's end, which another thread reported: it is left out then. */
  function withoutEnded(event: RelayEvent): RelayEvent {
    if (event.type === "paths")
      return { ...event, readings: event.readings.filter(({ connection }) => addon.engineIsOpen(handle, connection)) };
    if (event.type !== "sampled") return event;
    return { ...event, samples: event.samples.filter((sample) => addon.engineIsOpen(handle, sample.connection)) };
  }

  /**
   * A command waits for the end of this turn of the event loop, so that a thread is woken once for all that one turn
   * (its promises included) asks of it.
   */
  function post(result: number, syscall: string, describe: () => string): void {
    requireNumber(result, syscall, describe);
    waiting += 1;
    if (waiting === 1) setImmediate(flush);
    else if (waiting >= maxWaiting) flush();
  }

  function flush(): void {
    waiting = 0;
    addon.engineFlush(handle);
  }

  function stats(): EngineStats {
    const [connections, accepted, refused, relaying, uploadBytes, downloadBytes] = addon.engineStats(handle);
    return { connections, accepted, refused, relaying, uploadBytes, downloadBytes };
  }

  return {
    listen({ address, port, mptcp, backlog = defaultBacklog, transparent = false, fastOpen = false }): Listener {
      checkInteger("backlog", backlog, 1, 65_535);
      const [id, boundPort] = requireResult(
        addon.engineListen(
          handle,
          checkAddress("address", address),
          checkPort("port", port, 0),
          mptcp,
          backlog,
          transparent,
          fastOpen,
        ),
        "listen",
        () => `Listening on ${address} port ${port} (${mptcp ? "MPTCP" : "TCP"}) failed`,
      );
      return { id, address, port: boundPort, mptcp };
    },

    adoptListener(box, mptcp): Listener {
      const [id, port, address] = requireResult(
        addon.engineAdopt(handle, box.fd),
        "recvmsg",
        () => "Taking a listening socket over from another process failed",
      );
      return { id, address, port, mptcp };
    },

    giveListener(id, boxPath) {
      requireNumber(
        addon.engineGiveListener(handle, id, boxPath),
        "sendmsg",
        () => `Handing the listening socket over at ${boxPath} failed`,
      );
    },

    leaveListener(id) {
      addon.engineLeaveListener(handle, id);
    },

    setBounds(bounds) {
      addon.engineSetBounds(handle, ...checkBounds(bounds));
    },

    closeListener(id) {
      addon.engineCloseListener(handle, id);
    },

    read(connection, side) {
      post(addon.engineRead(handle, connection, sideNumber[side]), "read", () => "Asking for bytes failed");
    },

    write(connection, side, bytes, isRelayed = false) {
      post(
        addon.engineWrite(handle, connection, sideNumber[side], bytes, isRelayed),
        "write",
        () => `Queueing ${bytes.byteLength} bytes failed`,
      );
    },

    connect(connection, options) {
      const { address, port, withSyn = null, answer = null } = options;
      post(
        addon.engineConnect(handle, connection, ...checkTarget(options), withSyn, answer),
        "connect",
        () => `Connecting to ${address} port ${port} failed`,
      );
    },

    connectBeside(connection, options) {
      const { address, port, answer = null } = options;
      post(
        addon.engineConnectBeside(handle, connection, ...checkTarget(options), null, answer),
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
      post(addon.engineRelay(handle, connection, limit), "relay", () => "Starting the relay failed");
    },

    pass(connection, source, bytes) {
      const count = checkInteger("bytes", bytes, 0, Number.MAX_SAFE_INTEGER);
      post(addon.enginePass(handle, connection, sideNumber[source], count), "pass", () => "Passing bytes on failed");
    },

    hangUp(connection) {
      post(addon.engineHangUp(handle, connection), "hangUp", () => "Hanging up failed");
    },

    close(connection, how) {
      post(addon.engineClose(handle, connection, how === "reset"), "close", () => "Closing failed");
    },

    setRateLimit(limit, { uploadBytesPerSecond, downloadBytesPerSecond }) {
      post(
        addon.engineSetLimit(
          handle,
          checkLimitId(limit),
          checkRate("uploadBytesPerSecond", uploadBytesPerSecond),
          checkRate("downloadBytesPerSecond", downloadBytesPerSecond),
        ),
        "setRateLimit",
        () => `Setting rate limit ${limit} failed`,
      );
    },

    dropRateLimit(limit) {
      post(
        addon.engineDropLimit(handle, checkLimitId(limit)),
        "dropRateLimit",
        () => `Dropping rate limit ${limit} failed`,
      );
    },

    limitConnection(connection, limit) {
      post(
        addon.engineLimit(handle, connection, limit === null ? null : checkLimitId(limit)),
        "limitConnection",
        () => `Limiting a connection by rate limit ${limit} failed (setRateLimit makes one)`,
      );
    },

    boundSendBuffer(connection, side, bytes) {
      post(
        addon.engineBoundSendBuffer(
          handle,
          connection,
          sideNumber[side],
          checkInteger("bytes", bytes, 1, maxSendBufferBytes),
        ),
        "setsockopt",
        () => "Bounding a send buffer failed",
      );
    },

    sample(request, connections, wantedSides, which = "all") {
      checkInteger("request", request, 0, 2 ** 32 - 1);
      const mask = sideBits(wantedSides);
      const kind = which === "moved" ? 4 : 0;
      const ids = connections === null ? null : Float64Array.from(connections);
      post(addon.engineSample(handle, request, ids, mask | kind), "sample", () => "Asking for counters failed");
    },

    samplePaths(request, connections, side) {
      checkInteger("request", request, 0, 2 ** 32 - 1);
      const ids = connections === null ? null : Float64Array.from(connections);
      post(
        addon.engineSamplePaths(handle, request, ids, side === "client" ? 1 : 2),
        "sample",
        () => "Asking for paths failed",
      );
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
