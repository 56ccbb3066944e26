import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import {
  type DemoDirection,
  type DemoRequest,
  demoUploadSchema,
  type LaneId,
  type TestbedStatus,
} from "@/lib/contracts/demo";
import type { DemoDeviceStatus } from "@/lib/contracts/demo-devices";
import type { AccessBytes, DemoPlace, LanePayload, PreparedRun } from "@/lib/demo";
import { demoObjectSha256 } from "@/lib/shared/demo-object";
import { childEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import { InterfaceTotals } from "./interface-totals";
import { type LaneObject, type LaneWay, laneArguments } from "./lane-arguments";
import { type ObjectFile, writeObjectFile } from "./object-file";

/** A gigabyte at 5 Mbit/s. */
const longestLaneMs = 27 * 60_000;

const noFault = { fault: "none", at: null } as const;
const noFaults: TestbedStatus["faults"] = { lte: noFault, wifi: noFault };

const hints: Readonly<Record<LaneId, string>> = {
  "lte-only": "Check the LTE link, and that the source is reached over it.",
  "wifi-only": "Check the WiFi link, and that the source is reached over it.",
  "lte-wifi": "Check both links, and that the proxy allows the source and reaches it.",
};

export type DevicePlaceOptions = {
  status: () => DemoDeviceStatus;
  /** Where the object of a run is. */
  urlOf: (runId: string) => string;
  /** The agent's own port, for the lane over both links. */
  proxyUrl: () => string;
  totals?: InterfaceTotals;
};

function startWget(way: LaneWay, object: LaneObject): ChildProcessByStdio<null, Readable, Readable> {
  return spawn("wget", laneArguments(way, object), {
    env: childEnv({ TWINPATH_DEVICE_SECRET: null }),
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Of an upload wget hands out what the portal says of it: before it ends, so that the lane is judged by it. */
function readAnswer(child: ChildProcessByStdio<null, Readable, Readable>, { onArrived }: LanePayload): void {
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  child.stdout.on("end", () => {
    const answer = demoUploadSchema.safeParse(parseOrNull(text)).data;
    if (answer !== undefined) onArrived(answer.bytes, answer.sha256);
  });
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A device on its own links as a place of demo runs: one at a time, each lane a wget here. */
export class DevicePlace implements DemoPlace {
  readonly longestLaneMs = longestLaneMs;
  /** SHA-256 of the object by size, where it was computed. */
  readonly sha256BySize = new Map<number, string>();
  readonly #totals: InterfaceTotals;
  #isRunning = false;
  #objectFile: ObjectFile | null = null;
  /** Of the lane that sends now. */
  #upload: { runId: string; lane: LaneId; onArrived: LanePayload["onArrived"] } | null = null;

  constructor(private readonly options: DevicePlaceOptions) {
    this.#totals = options.totals ?? new InterfaceTotals();
  }

  async withRun<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isRunning) throw new AppError("DEMO_DEVICE_BUSY", "This device works on another run.");
    this.#isRunning = true;
    try {
      return await work();
    } finally {
      await this.#objectFile?.remove();
      this.#objectFile = null;
      this.#isRunning = false;
    }
  }

  /** So many bytes of a lane's upload have arrived. */
  noteArrived(runId: string, lane: LaneId, bytes: number): void {
    const upload = this.#upload;
    if (upload?.runId === runId && upload.lane === lane) upload.onArrived(bytes, null);
  }

  /** Errors: AppError DEMO_LANE_REFUSED, DEMO_DOWNLOAD_ONLY, DEMO_NO_ROOM. */
  async prepare(runId: string, { lanes, direction, sizeBytes }: DemoRequest): Promise<PreparedRun> {
    const { links, refusals, takesUploads } = this.options.status();
    const refused = refusals.find(({ lane }) => lanes.includes(lane));
    if (refused !== undefined)
      throw new AppError("DEMO_LANE_REFUSED", `this device cannot run ${refused.lane} now (${refused.reason}).`);
    if (direction === "upload" && !takesUploads)
      throw new AppError("DEMO_DOWNLOAD_ONLY", "this device's source takes no uploads: choose Download.");
    const sha256 = this.sha256BySize.get(sizeBytes) ?? (await demoObjectSha256(sizeBytes));
    this.sha256BySize.set(sizeBytes, sha256);
    const url = this.options.urlOf(runId);
    if (direction === "upload") this.#objectFile = await writeObjectFile(sizeBytes);
    const bodyPath = this.#objectFile?.path;
    return {
      object: { sizeBytes, sha256 },
      faults: () => noFaults,
      accessBytes: async (lane) => this.#accessBytes(lane, direction, links),
      start: (lane, payload) => {
        const way = this.#wayOf(lane, links);
        const hint = hints[lane];
        if (bodyPath === undefined) {
          const child = startWget(way, { url, sizeBytes });
          child.stdout.on("data", payload.onChunk);
          return { child, hint, forget: () => {} };
        }
        const child = startWget(way, { url: `${url}?lane=${lane}`, bodyPath });
        this.#upload = { runId, lane, onArrived: payload.onArrived };
        readAnswer(child, payload);
        const forget = (): void => {
          this.#upload = null;
        };
        return { child, hint, forget };
      },
    };
  }

  /** A lane over one link leaves the other one out: what else the device does there is not the lane's. */
  #accessBytes(lane: LaneId, direction: DemoDirection, { lte, wifi }: DemoDeviceStatus["links"]): AccessBytes {
    const bytes = (link: typeof lte) => (link === null ? 0 : this.#totals.carriedBytes(link.interfaceName, direction));
    return { lte: lane === "wifi-only" ? 0 : bytes(lte), wifi: lane === "lte-only" ? 0 : bytes(wifi) };
  }

  #wayOf(lane: LaneId, { lte, wifi }: DemoDeviceStatus["links"]): LaneWay {
    const link = lane === "lte-only" ? lte : wifi;
    return lane === "lte-wifi" || link === null
      ? { proxyUrl: this.options.proxyUrl() }
      : { localAddress: link.address };
  }
}
