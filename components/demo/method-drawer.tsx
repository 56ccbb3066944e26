"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { Facts } from "@/components/ui/facts";
import type { LaneReport, TestbedStatus } from "@/lib/contracts/demo";
import type { DemoDevice } from "@/lib/contracts/demo-devices";
import type { DemoRun } from "@/lib/contracts/live";
import { formatBytes } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
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
  const t = useTranslations();
  const isUpload = run?.request.direction === "upload";
  const device = run?.device ?? null;
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("demo.method")} place="right" isWide>
      <div className="flex flex-col gap-6 p-4 sm:p-5">
        <Part title={device === null ? t("demo.testbed") : t("common.device")}>
          {device !== null ? (
            <DeviceFacts device={device} />
          ) : testbed === null ? (
            <p className="text-ink-2 text-sm">{t("demo.noTestbedIsConnectedAndNo")}</p>
          ) : (
            <TestbedFacts testbed={testbed} />
          )}
        </Part>
        <Part title={t("demo.lanes")}>
          <p className="text-ink-2 text-sm">{t(isUpload ? "demo.eachLaneSends" : "demo.eachLaneIsARealWget")}</p>
          {laneOrder.map((id) => (
            <LaneMethod
              key={id}
              name={laneNames(t)[id]}
              route={laneRoutes(t, device !== null)[id]}
              run={run}
              lane={run?.lanes.find((lane) => lane.lane === id)}
            />
          ))}
        </Part>
        <Part title={t("demo.howTheFiguresAreReckoned")}>
          <Reckoning run={run} />
        </Part>
        <Part title={t("demo.proofOfEqualPayload")}>
          <p className="text-ink-2 text-sm">
            {device !== null
              ? t("demo.sha256BesideThatOfTheDevice")
              : isUpload
                ? t("demo.sha256OfWhatArrivedAt")
                : t("demo.sha256OfWhatEachWgetHanded")}
            {run === null ? "." : ` (${formatBytes(run.request.sizeBytes)}).`}
          </p>
          {run === null ? null : (
            <Facts
              className="font-mono text-xs [&_dd]:break-all [&_dt]:font-sans"
              facts={[
                [t("demo.object"), objectSha(run) ?? t("demo.notComputed")],
                ...run.lanes.map((lane) => [laneNames(t)[lane.lane], shaText(t, run, lane)] as const),
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
  const t = useTranslations();
  return (
    <Facts
      facts={[
        [
          t("demo.lteLink"),
          t("demo.roundTripLoss", { link: describeLink(t, testbed.lte), lossPercent: String(testbed.lte.lossPercent) }),
        ],
        [
          t("demo.wifiLink"),
          t("demo.roundTripLoss", {
            link: describeLink(t, testbed.wifi),
            lossPercent: String(testbed.wifi.lossPercent),
          }),
        ],
        [t("demo.delayAndLossBy"), testbed.delayMethod],
        [t("demo.congestionControl"), describeCongestionControl(t, testbed.congestionControl)],
        [t("demo.mptcpScheduler"), testbed.scheduler === "" ? t("demo.theKernelsOwn") : testbed.scheduler],
        [t("demo.kernel"), testbed.kernel],
      ]}
    />
  );
}

function DeviceFacts({ device }: { device: DemoDevice }) {
  const t = useTranslations();
  const linkText = (link: DemoDevice["links"]["lte"]) =>
    link === null ? t("demo.notThere") : `${link.interfaceName}, ${link.address}`;
  return (
    <Facts
      className="[&_dd]:break-all"
      facts={[
        ...(device.name === "" ? [] : [[t("common.name"), device.name] as const]),
        [t("demo.lteLink"), linkText(device.links.lte)],
        [t("demo.wifiLink"), linkText(device.links.wifi)],
        [t("demo.source"), device.sourceUrl],
        [t("demo.proxyOfTheDevice"), device.proxy],
        [t("demo.kernel"), device.kernel],
      ]}
    />
  );
}

/** BBR's short dips are the first thing a presenter is asked about (net/ipv4/tcp_bbr.c: PROBE_RTT). */
function describeCongestionControl(t: Translate, name: string): string {
  return name === "bbr" ? t("demo.bbrEvery10SItMeasures") : name;
}

type LaneMethodProps = { name: string; route: string; run: DemoRun | null; lane: LaneReport | undefined };

function LaneMethod({ name, route, run, lane }: LaneMethodProps) {
  const t = useTranslations();
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
          <CopyButton text={lane.command} label={t("demo.copyTheCommandOf", { name })} />
        </div>
      )}
    </div>
  );
}

function Reckoning({ run }: { run: DemoRun | null }) {
  const t = useTranslations();
  const efficiency = run === null ? null : prepareVerdict(t, run).efficiency;
  return (
    <ul className="flex list-disc flex-col gap-1.5 pl-4 text-ink-2 text-sm">
      <li>{t("demo.aLanesTimeIsFromTheStart")}</li>
      <li>{t("demo.aFinishedLanesRateIsThe")}</li>
      <li>{t("demo.theRatiosDivideTheMeanRate")}</li>
      <li>
        {t("demo.efficiencyRateOfLteWifiRate", {
          percent: efficiency?.value == null ? "." : ` = ${formatPercent(efficiency.value)}.`,
        })}
      </li>
      <li>{t(run?.device == null ? "demo.whichPathCarriedWhatIsCounted" : "demo.whichPathCarriedWhatOnADevice")}</li>
    </ul>
  );
}

function shaText(t: Translate, run: DemoRun, lane: LaneReport): string {
  if (lane.sha256 === null)
    return t("demo.noneTheLane", {
      state: lane.state === "finished" ? t("demo.gaveNoSum") : t("demo.is", { state: t(`runStates.${lane.state}`) }),
    });
  const verdict = compareSha(run, lane);
  return `${lane.sha256} ${verdict === "equal" ? t("demo.equal2") : verdict === "differs" ? t("demo.differs2") : ""}`;
}
