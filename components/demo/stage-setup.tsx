"use client";

import { Segmented } from "@/components/ui/segmented";
import { type DemoRequest, demoDirectionSchema, type LaneId, type LinkSettings, presets } from "@/lib/contracts/demo";
import { formatBytes } from "@/lib/shared/units";
import { directionNames } from "./directions";
import { laneNames, laneOrder } from "./lanes";
import { expectedLaneMs } from "./prepare-demo-chart";
import { type RepeatCount, repeatChoices } from "./use-repeats";

const sizes = [100_000_000, 250_000_000, 1_000_000_000].map((size) => ({
  value: String(size),
  label: formatBytes(size).replace(".00", ""),
}));

/** About how long all chosen lanes take, one after the other, in words. */
function describeLength(settings: DemoRequest): string {
  const preset = presets.find(({ id }) => id === settings.preset);
  if (preset === undefined || settings.lanes.length === 0) return "";
  const rates = { lte: preset.lte.rateMbps, wifi: preset.wifi.rateMbps };
  const totalMs = settings.lanes.reduce((sum, lane) => sum + expectedLaneMs(lane, settings.sizeBytes, rates), 0);
  const seconds = Math.round(totalMs / 5000) * 5;
  return seconds < 90 ? `about ${Math.max(5, seconds)} s` : `about ${Math.round(seconds / 60)} min`;
}

export function describeLink({ rateMbps, rttMs, lossPercent }: LinkSettings): string {
  const loss = lossPercent > 0 ? `, ${lossPercent} % loss` : "";
  return `${rateMbps} Mbit/s, ${rttMs} ms${loss}`;
}

type StageSetupProps = {
  settings: DemoRequest;
  onChange: (change: Partial<DemoRequest>) => void;
  repeats: RepeatCount;
  onRepeats: (count: RepeatCount) => void;
};

/** What the next run does: links, object, lanes. */
export function StageSetup({ settings, onChange, repeats, onRepeats }: StageSetupProps) {
  const preset = presets.find(({ id }) => id === settings.preset);
  const toggle = (lane: LaneId, isOn: boolean) =>
    onChange({ lanes: laneOrder.filter((id) => (id === lane ? isOn : settings.lanes.includes(id))) });
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <Segmented
        label="Link preset"
        value={settings.preset}
        options={presets.map(({ id, name, lte, wifi }) => ({
          value: id,
          label: `${name} ${lte.rateMbps}/${wifi.rateMbps}`,
        }))}
        onValue={(next) => onChange({ preset: next })}
      />
      <Segmented
        label="Direction"
        value={settings.direction}
        options={demoDirectionSchema.options.map((value) => ({ value, label: directionNames[value] }))}
        onValue={(next) => onChange({ direction: next })}
      />
      <Segmented
        label="Object size"
        value={String(settings.sizeBytes)}
        options={sizes}
        onValue={(next) => onChange({ sizeBytes: Number(next) })}
      />
      <Segmented
        label="Repeats"
        value={String(repeats)}
        options={repeatChoices.map((count) => ({ value: String(count), label: `${count}×`, name: `Run ${count}×` }))}
        onValue={(next) => onRepeats(repeatChoices.find((count) => String(count) === next) ?? 1)}
      />
      <fieldset className="flex flex-wrap items-center gap-x-3">
        <legend className="sr-only">Lanes</legend>
        {laneOrder.map((lane) => (
          <label key={lane} className="flex min-h-8 cursor-pointer items-center gap-1.5 text-sm">
            <input
              type="checkbox"
              checked={settings.lanes.includes(lane)}
              onChange={(event) => toggle(lane, event.target.checked)}
              className="size-4 accent-[var(--accent)]"
            />
            {laneNames[lane]}
          </label>
        ))}
      </fieldset>
      <p className="text-ink-3 text-sm">
        {preset === undefined ? "" : `LTE ${describeLink(preset.lte)} · WiFi ${describeLink(preset.wifi)} · `}
        {describeLength(settings)}
        {repeats === 1 ? "" : ` each, ${repeats} times`}
      </p>
    </div>
  );
}
