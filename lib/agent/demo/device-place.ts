import { spawn } from "node:child_process";
import type { DemoRequest, LaneId, TestbedStatus } from "@/lib/contracts/demo";
import type { DemoDeviceStatus } from "@/lib/contracts/demo-devices";
import type { AccessBytes, DemoPlace, PreparedRun } from "@/lib/demo";
import { demoObjectSha256 } from "@/lib/shared/demo-object";
import { childEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import { InterfaceTotals } from "./interface-totals";
import { type LaneWay, laneArguments } from "./lane-arguments";

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

/** A device on its own links as a place of demo runs: one at a time, each lane a wget here. */
export class DevicePlace implements DemoPlace {
  readonly longestLaneMs = longestLaneMs;
  /** SHA-256 of the object by size, where it was computed. */
  readonly sha256BySize = new Map<number, string>();
  readonly #totals: InterfaceTotals;
  #isRunning = false;

  constructor(private readonly options: DevicePlaceOptions) {
    this.#totals = options.totals ?? new InterfaceTotals();
  }

  async withRun<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isRunning) throw new AppError("DEMO_DEVICE_BUSY", "This device works on another run.");
    this.#isRunning = true;
    try {
      return await work();
    } finally {
      this.#isRunning = false;
    }
  }

  /** Errors: AppError DEMO_LANE_REFUSED, DEMO_DOWNLOAD_ONLY. */
  async prepare(runId: string, { lanes, direction, sizeBytes }: DemoRequest): Promise<PreparedRun> {
    const { links, refusals } = this.options.status();
    const refused = refusals.find(({ lane }) => lanes.includes(lane));
    if (refused !== undefined)
      throw new AppError("DEMO_LANE_REFUSED", `this device cannot run ${refused.lane} now (${refused.reason}).`);
    if (direction !== "download") throw new AppError("DEMO_DOWNLOAD_ONLY", "a device's lanes are downloads.");
    const sha256 = this.sha256BySize.get(sizeBytes) ?? (await demoObjectSha256(sizeBytes));
    this.sha256BySize.set(sizeBytes, sha256);
    const url = this.options.urlOf(runId);
    return {
      object: { sizeBytes, sha256 },
      faults: () => noFaults,
      accessBytes: async (lane) => this.#accessBytes(lane, links),
      start: (lane, onChunk) => {
        const child = spawn("wget", laneArguments(this.#wayOf(lane, links), url, sizeBytes), {
          env: childEnv({ TWINPATH_DEVICE_SECRET: null }),
          stdio: ["ignore", "pipe", "pipe"],
        });
        child.stdout.on("data", onChunk);
        return { child, hint: hints[lane], forget: () => {} };
      },
    };
  }

  /** A lane over one link leaves the other one out: what else the device does there is not the lane's. */
  #accessBytes(lane: LaneId, { lte, wifi }: DemoDeviceStatus["links"]): AccessBytes {
    const bytes = (link: typeof lte) => (link === null ? 0 : this.#totals.receivedBytes(link.interfaceName));
    return { lte: lane === "wifi-only" ? 0 : bytes(lte), wifi: lane === "lte-only" ? 0 : bytes(wifi) };
  }

  #wayOf(lane: LaneId, { lte, wifi }: DemoDeviceStatus["links"]): LaneWay {
    const link = lane === "lte-only" ? lte : wifi;
    return lane === "lte-wifi" || link === null
      ? { proxyUrl: this.options.proxyUrl() }
      : { localAddress: link.address };
  }
}
