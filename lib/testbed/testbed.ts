import type { ChildProcess, SpawnOptions } from "node:child_process";
import type { AccessLinkId, LinkFault, LinkSettings, PresetId, TestbedStatus } from "@/lib/contracts/demo";
import type { InterfaceCounters } from "@/lib/demo";

/** The systems of the deployment figure; each is a network namespace. */
export type Place = "ue" | "generalUe" | "lte" | "wifi" | "core" | "proxy" | "content";

/** One object of the content provider; `path` is its file on this machine, for what sends it. */
export type ContentObject = { url: string; path: string; sha256: string; sizeBytes: number };

/** Told how far the making of an object is, at most some ten times a second. */
export type ObjectProgress = (doneBytes: number, totalBytes: number) => void;

/** The deployment figure, running on this machine. */
export interface Testbed {
  readonly id: string;
  /** Names of the network namespaces, for `ip netns exec`. */
  readonly namespaces: Readonly<Record<Place, string>>;
  /** Numeric IPv4. `proxy` is the service address that the UE dials over both paths. */
  readonly addresses: Readonly<Record<"ueLte" | "ueWifi" | "generalUe" | "proxy" | "content", string>>;
  readonly interfaces: Readonly<{
    ueLte: "lte0";
    ueWifi: "wifi0";
    generalUe: "lte0";
    proxy: "core0";
    content: "core0";
  }>;
  /**
   * CIDR: where the UEs' addresses of each access network and the content provider's come from; `named` are further
   * ones of the content provider, reached by name.
   */
  readonly networks: Readonly<Record<"lte" | "wifi" | "content" | "named", string>>;
  /** Names that resolve in the UEs' and the proxy's namespaces, and their addresses, all the content provider's. */
  readonly hostNames: Readonly<Record<"content.testbed" | "video.testbed" | "other.testbed", string>>;
  /** Base addresses of the portal as seen from inside; null where no portal port was given. */
  readonly management: Readonly<{ fromProxy: string; fromUe: string }> | null;
  /** Where nginx writes its access log (`$body_bytes_sent` is the field before the last). */
  readonly accessLogPath: string;
  /** Start a process in a namespace; it is ended with the testbed, and dies with this process. */
  spawn(place: Place, command: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Run a command in a namespace to its end; AppError TESTBED_COMMAND_FAILED with its error text unless it returns 0. */
  run(place: Place, command: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }>;
  setPreset(preset: PresetId): Promise<void>;
  setLink(access: AccessLinkId, settings: LinkSettings): Promise<void>;
  /** In force when it resolves; the fault before it is over then. */
  setFault(access: AccessLinkId, fault: LinkFault): Promise<void>;
  /** One read of a file that is kept open: cheap enough for many a second. */
  counters(place: Place, interfaceName: string): Promise<InterfaceCounters>;
  /** The object of this size, made on first use. */
  object(sizeBytes: number, onProgress?: ObjectProgress): Promise<ContentObject>;
  /** An address of the content provider for one upload, whose payload is given to `onChunk` as it arrives. */
  expectUpload(onChunk: (chunk: Buffer) => void): { url: string; forget: () => void };
  /** Hold the testbed for one run; AppError TESTBED_BUSY while another one holds it. */
  withRun<T>(work: () => Promise<T>): Promise<T>;
  status(): TestbedStatus;
  /** End its processes and remove everything it made but the cached objects. May be called again. */
  stop(): Promise<void>;
}
