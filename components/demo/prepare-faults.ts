import { CircleCheck, CircleSlash, HeartPulse, type LucideIcon, TriangleAlert, WifiOff } from "lucide-react";
import type { ChartMark } from "@/components/charts/chart-data";
import { faultNames } from "@/components/testbed/fault-names";
import { accessNames } from "@/components/ui/access-mark";
import type { LaneFault, LaneId, LinkFault, TestbedStatus } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";
import type { Translate } from "@/lib/words/translate";
import { formatStageTime } from "./format-stage";
import { laneNames, laneOrder } from "./lanes";

/** What the stage can do to the WiFi link while it runs. */
export const stageFaults = (t: Translate): readonly { fault: LinkFault; label: string; icon: LucideIcon }[] => [
  { fault: "down", label: t("demo.wifiDown"), icon: WifiOff },
  { fault: "blackhole", label: t("demo.wifiBlackHole"), icon: CircleSlash },
  { fault: "weak", label: t("demo.wifiWeak"), icon: TriangleAlert },
  { fault: "none", label: t("demo.restore"), icon: HeartPulse },
];

export type ShownFault = { id: string; lane: LaneId; at: string; what: string; stall: string };

function what(t: Translate, { access, fault }: LaneFault): string {
  return fault === "none"
    ? t("demo.restored", { acces: accessNames(t)[access] })
    : `${accessNames(t)[access]} ${faultNames(t)[fault]}`;
}

function stallText(t: Translate, { stallMs }: LaneFault): string {
  return stallMs === 0 ? t("demo.noStall") : t("demo.msStall", { stallMs });
}

/** Every fault of the run in words, lane by lane. */
export function prepareFaults(t: Translate, run: DemoRun): ShownFault[] {
  return laneOrder.flatMap((id) => {
    const faults = run.lanes.find(({ lane }) => lane === id)?.faults ?? [];
    return faults.map((one, index) => ({
      id: `${id}-${index}`,
      lane: id,
      at: one.tMs === 0 ? t("demo.fromTheStart") : formatStageTime(one.tMs),
      what: what(t, one),
      stall: stallText(t, one),
    }));
  });
}

/** The same as marks of the chart. */
export function prepareFaultMarks(t: Translate, run: DemoRun): ChartMark[] {
  return run.lanes.flatMap(({ lane, faults }) =>
    faults.map((one, index) => ({
      id: `${lane}-${index}`,
      x: one.tMs / 1000,
      tone: one.access,
      icon: stageFaults(t).find(({ fault }) => fault === one.fault)?.icon ?? CircleCheck,
      label: `${laneNames(t)[lane]}: ${what(t, one)}, ${stallText(t, one)}`,
    })),
  );
}

/** Whether any link suffers a fault. */
export function hasFault(testbed: TestbedStatus | null): boolean {
  return testbed !== null && (testbed.faults.lte.fault !== "none" || testbed.faults.wifi.fault !== "none");
}
