import { CircleCheck, CircleSlash, HeartPulse, type LucideIcon, TriangleAlert, WifiOff } from "lucide-react";
import type { ChartMark } from "@/components/charts/chart-data";
import { faultNames } from "@/components/testbed/fault-names";
import { accessNames } from "@/components/ui/access-mark";
import type { LaneFault, LaneId, LinkFault, TestbedStatus } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";
import { formatStageTime } from "./format-stage";
import { laneNames, laneOrder } from "./lanes";

/** What the stage can do to the WiFi link while it runs. */
export const stageFaults: readonly { fault: LinkFault; label: string; icon: LucideIcon }[] = [
  { fault: "down", label: "WiFi down", icon: WifiOff },
  { fault: "blackhole", label: "WiFi black hole", icon: CircleSlash },
  { fault: "weak", label: "WiFi weak", icon: TriangleAlert },
  { fault: "none", label: "Restore", icon: HeartPulse },
];

export type ShownFault = { id: string; lane: LaneId; at: string; what: string; stall: string };

function what({ access, fault }: LaneFault): string {
  return fault === "none" ? `${accessNames[access]} restored` : `${accessNames[access]} ${faultNames[fault]}`;
}

function stallText({ stallMs }: LaneFault): string {
  return stallMs === 0 ? "no stall" : `${stallMs.toLocaleString("en-GB")} ms stall`;
}

/** Every fault of the run in words, lane by lane. */
export function prepareFaults(run: DemoRun): ShownFault[] {
  return laneOrder.flatMap((id) => {
    const faults = run.lanes.find(({ lane }) => lane === id)?.faults ?? [];
    return faults.map((one, index) => ({
      id: `${id}-${index}`,
      lane: id,
      at: one.tMs === 0 ? "from the start" : formatStageTime(one.tMs),
      what: what(one),
      stall: stallText(one),
    }));
  });
}

/** The same as marks of the chart. */
export function prepareFaultMarks(run: DemoRun): ChartMark[] {
  return run.lanes.flatMap(({ lane, faults }) =>
    faults.map((one, index) => ({
      id: `${lane}-${index}`,
      x: one.tMs / 1000,
      tone: one.access,
      icon: stageFaults.find(({ fault }) => fault === one.fault)?.icon ?? CircleCheck,
      label: `${laneNames[lane]}: ${what(one)}, ${stallText(one)}`,
    })),
  );
}

/** Whether any link suffers a fault. */
export function hasFault(testbed: TestbedStatus | null): boolean {
  return testbed !== null && (testbed.faults.lte.fault !== "none" || testbed.faults.wifi.fault !== "none");
}
