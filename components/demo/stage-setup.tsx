"use client";

import { useTranslations } from "next-intl";
import { Segmented } from "@/components/ui/segmented";
import { SelectField } from "@/components/ui/select-field";
import type { DemoRequest, LaneId, LinkSettings } from "@/lib/contracts/demo";
import type { ListedDemoDevice } from "@/lib/contracts/demo-devices";
import { presets } from "@/lib/contracts/demo-presets";
import { formatBytes } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import { refusalTexts } from "./device-refusals";
import { directionNames, directions } from "./directions";
import { laneNames, laneOrder } from "./lanes";
import { expectedLaneMs } from "./prepare-demo-chart";
import { type RepeatCount, repeatChoices } from "./use-repeats";

const sizes = [100_000_000, 250_000_000, 1_000_000_000].map((size) => ({
  value: String(size),
  label: formatBytes(size).replace(".00", ""),
}));

/** About how long all chosen lanes take, one after the other, in words. */
function describeLength(t: Translate, settings: DemoRequest): string {
  const preset = presets.find(({ id }) => id === settings.preset);
  if (preset === undefined || settings.lanes.length === 0) return "";
  const rates = { lte: preset.lte.rateMbps, wifi: preset.wifi.rateMbps };
  const totalMs = settings.lanes.reduce((sum, lane) => sum + expectedLaneMs(lane, settings.sizeBytes, rates), 0);
  const seconds = Math.round(totalMs / 5000) * 5;
  return seconds < 90
    ? t("demo.aboutS", { seconds: String(Math.max(5, seconds)) })
    : t("demo.aboutMin", { seconds: String(Math.round(seconds / 60)) });
}

export function describeLink(t: Translate, { rateMbps, rttMs, lossPercent }: LinkSettings): string {
  const loss = lossPercent > 0 ? t("demo.loss", { lossPercent: String(lossPercent) }) : "";
  return `${rateMbps} Mbit/s, ${rttMs} ms${loss}`;
}

type StageSetupProps = {
  settings: DemoRequest;
  /** Devices that could run it in the testbed's place. */
  devices: readonly ListedDemoDevice[];
  onChange: (change: Partial<DemoRequest>) => void;
  repeats: RepeatCount;
  onRepeats: (count: RepeatCount) => void;
};

/** What the next run does: UE, links, object, lanes. */
export function StageSetup({ settings, devices, onChange, repeats, onRepeats }: StageSetupProps) {
  const t = useTranslations();
  const preset = presets.find(({ id }) => id === settings.preset);
  const isOnDevice = settings.device !== null;
  const device = devices.find(({ id }) => id === settings.device);
  const toggle = (lane: LaneId, isOn: boolean) =>
    onChange({ lanes: laneOrder.filter((id) => (id === lane ? isOn : settings.lanes.includes(id))) });
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      {devices.length === 0 && !isOnDevice ? null : (
        <UeChoice chosen={settings.device} devices={devices} onChoose={(id) => onChange({ device: id })} />
      )}
      {isOnDevice ? null : (
        <Segmented
          label={t("demo.linkPreset")}
          value={settings.preset}
          options={presets.map(({ id, name, lte, wifi }) => ({
            value: id,
            label: `${name} ${lte.rateMbps}/${wifi.rateMbps}`,
          }))}
          onValue={(next) => onChange({ preset: next })}
        />
      )}
      {isOnDevice && device?.takesUploads !== true ? null : (
        <Segmented
          label={t("common.direction")}
          value={settings.direction}
          options={directions.map((value) => ({ value, label: directionNames(t)[value] }))}
          onValue={(next) => onChange({ direction: next })}
        />
      )}
      <Segmented
        label={t("demo.objectSize")}
        value={String(settings.sizeBytes)}
        options={sizes}
        onValue={(next) => onChange({ sizeBytes: Number(next) })}
      />
      <Segmented
        label={t("demo.repeats")}
        value={String(repeats)}
        options={repeatChoices.map((count) => ({
          value: String(count),
          label: `${count}×`,
          name: t("demo.run", { count }),
        }))}
        onValue={(next) => onRepeats(repeatChoices.find((count) => String(count) === next) ?? 1)}
      />
      <fieldset className="flex flex-wrap items-center gap-x-3">
        <legend className="sr-only">{t("demo.lanes")}</legend>
        {laneOrder.map((lane) => (
          <label key={lane} className="flex min-h-8 cursor-pointer items-center gap-1.5 text-sm">
            <input
              type="checkbox"
              checked={settings.lanes.includes(lane)}
              disabled={device?.refusals.some((refusal) => refusal.lane === lane)}
              onChange={(event) => toggle(lane, event.target.checked)}
              className="size-4 accent-[var(--accent)]"
            />
            {laneNames(t)[lane]}
          </label>
        ))}
      </fieldset>
      {isOnDevice ? (
        <DeviceLine device={device} />
      ) : (
        <p className="text-ink-3 text-sm">
          {preset === undefined ? "" : `LTE ${describeLink(t, preset.lte)} · WiFi ${describeLink(t, preset.wifi)} · `}
          {describeLength(t, settings)}
          {repeats === 1 ? "" : ` ${t("demo.eachTimes", { repeats })}`}
        </p>
      )}
    </div>
  );
}

type UeChoiceProps = {
  chosen: string | null;
  devices: readonly ListedDemoDevice[];
  onChoose: (id: string | null) => void;
};

/** The testbed, or one of the devices that are there. */
function UeChoice({ chosen, devices, onChoose }: UeChoiceProps) {
  const t = useTranslations();
  const gone = devices.every(({ id }) => id !== chosen) && chosen !== null ? [chosen] : [];
  return (
    <SelectField
      label={t("demo.ue")}
      isLabelHidden
      value={chosen ?? ""}
      options={[
        { value: "", label: t("demo.testbed") },
        ...devices.map(({ id, name }) => ({ value: id, label: name })),
        ...gone.map((id) => ({ value: id, label: t("demo.notThere") })),
      ]}
      onValue={(next) => onChoose(next === "" ? null : next)}
      className="w-full sm:w-48"
    />
  );
}

/** By what a device runs, and what it cannot. */
function DeviceLine({ device }: { device: ListedDemoDevice | undefined }) {
  const t = useTranslations();
  if (device === undefined) return null;
  const { links, refusals, sourceUrl, takesUploads } = device;
  const shown = [
    ...(links.lte === null ? [] : [`LTE ${links.lte.interfaceName}`]),
    ...(links.wifi === null ? [] : [`WiFi ${links.wifi.interfaceName}`]),
    t(takesUploads ? "demo.transfersWith" : "demo.downloadsFrom", { source: new URL(sourceUrl).host }),
  ];
  return (
    <div className="w-full text-sm">
      <p className="text-ink-3">{shown.join(" · ")}</p>
      <ul data-testid="refusals">
        {refusals.map(({ lane, reason }) => (
          <li key={lane} className="text-ink-2">
            {t("demo.laneCannot", { lane: laneNames(t)[lane], reason: refusalTexts(t)[reason] })}
          </li>
        ))}
      </ul>
    </div>
  );
}
