import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readEnv } from "@/lib/shared/env";
import { AppError, errorMessage } from "@/lib/shared/errors";

type NativeConnect = (
  engine: NativeHandle,
  connection: number,
  address: string,
  port: number,
  localAddress: string | null,
  mptcp: boolean,
  timeoutMs: number,
  mark: number,
  withSyn: Uint8Array | null,
  answer: Uint8Array | null,
) => number;

/** An engine or path manager inside the addon. */
export type NativeHandle = { readonly nativeHandle: unique symbol };

/** What addon_pacer.c exports, in builds that found clang and libbpf. */
export type PacerAddon = {
  pacerOpen(objectFile: string, starterFile: string): NativeHandle | number;
  pacerStage(
    pacer: NativeHandle,
    token: number,
    localAddress: string,
    localPort: number,
    remoteAddress: string,
    remotePort: number,
    bytesPerSecond: number,
    unsentBytes: number | null,
    inFlightBytes: number | null,
    isRestart: boolean,
    startBytes: number,
  ): number;
  pacerApply(pacer: NativeHandle): number;
  pacerClose(pacer: NativeHandle): void;
};

/** What addon.c and its neighbours export. Numbers below zero are `-errno`. Described beside each function there. */
export type Addon = Partial<PacerAddon> & {
  probe(): [socketErrno: number, fullInfoErrno: number, pathManagerErrno: number];
  releaseMemory(): void;
  engineCreate(
    threads: number,
    handshakeTimeoutMs: number,
    idleTimeoutMs: number,
    maxConnections: number,
    lastSides: number,
    onBatch: (memory: Buffer, length: number) => void,
  ): NativeHandle | number;
  engineListen(
    engine: NativeHandle,
    address: string,
    port: number,
    mptcp: boolean,
    backlog: number,
    isTransparent: boolean,
    isFastOpen: boolean,
  ): [id: number, port: number] | number;
  engineAdopt(engine: NativeHandle, box: number): [id: number, port: number, address: string] | number;
  engineLeaveListener(engine: NativeHandle, id: number): void;
  engineGiveListener(engine: NativeHandle, id: number, boxPath: string): number;
  engineSetBounds(
    engine: NativeHandle,
    handshakeTimeoutMs: number,
    idleTimeoutMs: number,
    maxConnections: number,
  ): void;
  handoverOpen(path: string): number;
  handoverClose(box: number): void;
  engineCloseListener(engine: NativeHandle, id: number): void;
  engineRead(engine: NativeHandle, connection: number, side: number): number;
  engineWrite(engine: NativeHandle, connection: number, side: number, bytes: Uint8Array, isRelayed: boolean): number;
  engineConnect: NativeConnect;
  /** Without bytes for the SYN. */
  engineConnectBeside: NativeConnect;
  engineRelay(engine: NativeHandle, connection: number, uploadLimitBytes: number): number;
  enginePass(engine: NativeHandle, connection: number, source: number, bytes: number): number;
  engineHangUp(engine: NativeHandle, connection: number): number;
  engineClose(engine: NativeHandle, connection: number, isReset: boolean): number;
  engineSetLimit(engine: NativeHandle, limit: number, uploadRate: number, downloadRate: number): number;
  engineDropLimit(engine: NativeHandle, limit: number): number;
  engineLimit(engine: NativeHandle, connection: number, limit: number | null): number;
  engineBoundSendBuffer(engine: NativeHandle, connection: number, side: number, bytes: number): number;
  engineSample(engine: NativeHandle, request: number, connections: Float64Array | null, sides: number): number;
  engineSamplePaths(engine: NativeHandle, request: number, connections: Float64Array | null, sides: number): number;
  engineFlush(engine: NativeHandle): void;
  engineStats(engine: NativeHandle): [number, number, number, number, number, number];
  engineIsOpen(engine: NativeHandle, connection: number): boolean;
  engineStop(engine: NativeHandle): void;
  pathManagerOpen(): NativeHandle | number;
  pathManagerErrorText(manager: NativeHandle): string;
  pathManagerEndpoints(manager: NativeHandle): Buffer | number;
  pathManagerAdd(manager: NativeHandle, address: string, id: number, interfaceName: string, flags: number): number;
  pathManagerRemove(manager: NativeHandle, id: number): number;
  pathManagerSetBackup(manager: NativeHandle, id: number, isBackup: boolean): number;
  pathManagerSetSubflowBackup(
    manager: NativeHandle,
    token: number,
    localAddress: string,
    localPort: number,
    remoteAddress: string,
    remotePort: number,
    isBackup: boolean,
  ): number;
  pathManagerDestroySubflow(
    manager: NativeHandle,
    token: number,
    localAddress: string,
    localPort: number,
    remoteAddress: string,
    remotePort: number,
  ): number;
  pathManagerCreateSubflow(
    manager: NativeHandle,
    token: number,
    localAddress: string,
    localId: number,
    flags: number,
    remoteAddress: string,
    remotePort: number,
  ): number;
  pathManagerWithdraw(manager: NativeHandle, token: number, localId: number): number;
  pathManagerLimits(manager: NativeHandle): [subflows: number, acceptedAddresses: number] | number;
  pathManagerSetLimits(manager: NativeHandle, subflows: number, acceptedAddresses: number): number;
  pathManagerSubscribe(manager: NativeHandle, onBatch: (batch: Buffer) => void): number;
  pathManagerWant(manager: NativeHandle, events: number): number;
  pathManagerClose(manager: NativeHandle): void;
  linkMonitorOpen(onChange: () => void): NativeHandle | number;
  linkMonitorClose(monitor: NativeHandle): void;
};

let loaded: Addon | null = null;

/** The project's root: the folder above this module (or above the bundle) whose package.json is ours. */
function findProjectDir(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(dir, "package.json");
    if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "twinpath") return dir;
    const parent = dirname(dir);
    if (parent === dir)
      throw new AppError(
        "MPTCP_NO_PROJECT",
        "No package.json named twinpath was found above the program; reinstall it.",
      );
    dir = parent;
  }
}

/**
 * One of the built files. `TWINPATH_NATIVE_BUILD` names another build folder (one that holds
 * Release/twinpath_mptcp.node).
 */
export function buildFile(name: string): string {
  const buildDir = readEnv("TWINPATH_NATIVE_BUILD") ?? join(findProjectDir(), "lib/mptcp/native/build");
  return join(buildDir, "Release", name);
}

/**
 * The native helper, loaded once.
 *
 * Errors: AppError MPTCP_ADDON_MISSING where it was never built or cannot be loaded.
 */
export function loadAddon(): Addon {
  if (loaded) return loaded;
  const file = buildFile("twinpath_mptcp.node");
  try {
    const require = createRequire(import.meta.url);
    loaded = require(file) as Addon;
    return loaded;
  } catch (error) {
    throw new AppError(
      "MPTCP_ADDON_MISSING",
      `The native helper ${file} could not be loaded (${errorMessage(error)}). Build it with \`npm ci\` or \`npm rebuild\` (needs a C compiler, make and python3).`,
      { cause: error },
    );
  }
}
