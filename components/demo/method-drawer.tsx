"use client";

import type { ReactNode } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { Facts } from "@/components/ui/facts";
import type { LaneReport, TestbedStatus } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";
import { formatBytes } from "@/lib/shared/units";
import { formatStageRate, formatStageTime } from "./format-stage";
import { laneNames, laneOrder, laneRoutes } from "./lanes";
import { compareSha, finishedRate, objectSha } from "./prepare-lane";
import { formatPercent, prepareVerdict } from "./prepare-verdict";
import { describeLink } from "./stage-setup";

type MethodDrawerProps = {
  isOpen: boolean;
  onClose: () => void;
  run: DemoRun | null;
  /** The testbed of the run, else the one that is connected. */
  testbed: TestbedStatus | null;
};

/** How the figures came about, in enough detail to do it again. */
export function MethodDrawer({ isOpen, onClose, run, testbed }: MethodDrawerProps) {
  const isUpload = run?.request.direction === "upload";
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Method" place="right" isWide>
      <div className="flex flex-col gap-6 p-4 sm:p-5">
        <Part title="Testbed">
          {testbed === null ? (
            <p className="text-ink-2 text-sm">No testbed is connected, and no run is on the stage.</p>
          ) : (
            <TestbedFacts testbed={testbed} />
          )}
        </Part>
        <Part title="Lanes">
          <p className="text-ink-2 text-sm">
            Each lane is a real wget that {isUpload ? "sends the same object to" : "fetches the same object from"} the
            same server. Lanes share links, so they run one after the other.
          </p>
          {laneOrder.map((id) => (
            <LaneMethod
              key={id}
              name={laneNames[id]}
              route={laneRoutes[id]}
              run={run}
              lane={run?.lanes.find((lane) => lane.lane === id)}
            />
          ))}
        </Part>
        <Part title="How the figures are reckoned">
          <Reckoning run={run} />
        </Part>
        <Part title="Proof of equal payload">
          <p className="text-ink-2 text-sm">
            {isUpload
              ? "SHA-256 of what arrived at the server, beside that of the object"
              : "SHA-256 of what each wget handed out, beside that of the object at the server"}
            {run === null ? "." : ` (${formatBytes(run.request.sizeBytes)}).`}
          </p>
          {run === null ? null : (
            <Facts
              className="font-mono text-xs [&_dd]:break-all [&_dt]:font-sans"
              facts={[
                ["Object", objectSha(run) ?? "not computed"],
                ...run.lanes.map((lane) => [laneNames[lane.lane], shaText(run, lane)] as const),
              ]}
            />
          )}
        </Part>
      </div>
    </Dialog>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-2.5">
      <h3 className="font-semibold text-base">{title}</h3>
      {children}
    </section>
  );
}

function TestbedFacts({ testbed }: { testbed: TestbedStatus }) {
  return (
    <Facts
      facts={[
        ["LTE link", `${describeLink(testbed.lte)} round trip, ${testbed.lte.lossPercent} % loss`],
        ["WiFi link", `${describeLink(testbed.wifi)} round trip, ${testbed.wifi.lossPercent} % loss`],
        ["Delay and loss by", testbed.delayMethod],
        ["Congestion control", describeCongestionControl(testbed.congestionControl)],
        ["MPTCP scheduler", testbed.scheduler === "" ? "the kernel's own" : testbed.scheduler],
        ["Kernel", testbed.kernel],
      ]}
    />
  );
}

/** BBR's short dips are the first thing a presenter is asked about (net/ipv4/tcp_bbr.c: PROBE_RTT). */
function describeCongestionControl(name: string): string {
  return name === "bbr" ? "bbr: every 10 s it measures the round trip for 0.2 s, which shows as a dip" : name;
}

type LaneMethodProps = { name: string; route: string; run: DemoRun | null; lane: LaneReport | undefined };

function LaneMethod({ name, route, run, lane }: LaneMethodProps) {
  const rate = run === null ? null : finishedRate(lane, run.request.sizeBytes);
  return (
    <div className="rounded-md border border-line p-3">
      <p className="flex flex-wrap justify-between gap-x-3 font-medium text-sm">
        {name}
        <span className="font-normal text-ink-2 tnum">
          {rate === null || lane?.elapsedMs == null
            ? ""
            : `${formatStageTime(lane.elapsedMs)}, ${formatStageRate(rate)}`}
        </span>
      </p>
      <p className="text-ink-2 text-sm">{route}</p>
      {lane?.command == null ? null : (
        <div className="mt-2 flex items-start gap-1 rounded bg-sunken py-1 pr-1 pl-2.5">
          <code className="min-w-0 grow break-all py-1 font-mono text-xs">{lane.command}</code>
          <CopyButton text={lane.command} label={`Copy the command of ${name}`} />
        </div>
      )}
    </div>
  );
}

function Reckoning({ run }: { run: DemoRun | null }) {
  const efficiency = run === null ? null : prepareVerdict(run).efficiency;
  return (
    <ul className="flex list-disc flex-col gap-1.5 pl-4 text-ink-2 text-sm">
      <li>
        A lane's time is from the start of its wget to its last byte, where that was to arrive; connection set-up is
        inside.
      </li>
      <li>
        A finished lane's rate is the object's size divided by that time; “live” is payload over the newest second.
      </li>
      <li>The ratios divide the mean rate of LTE + WiFi by that of LTE only and of the faster single path.</li>
      <li>
        Efficiency = rate of LTE + WiFi ÷ (rate of LTE only + rate of WiFi only), all measured in this run
        {efficiency?.value == null ? "." : ` = ${formatPercent(efficiency.value)}.`} It is not divided by the links'
        nominal rates.
      </li>
      <li>
        Which path carried what is counted at the UE's two interfaces, headers and acknowledgements included; the chart
        divides the payload in that proportion.
      </li>
    </ul>
  );
}

function shaText(run: DemoRun, lane: LaneReport): string {
  if (lane.sha256 === null) return `none: the lane ${lane.state === "finished" ? "gave no sum" : `is ${lane.state}`}`;
  const verdict = compareSha(run, lane);
  return `${lane.sha256} ${verdict === "equal" ? "✓ equal" : verdict === "differs" ? "✗ differs" : ""}`;
}
