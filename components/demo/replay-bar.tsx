import { Pause, Play, SkipForward } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Slider } from "@/components/ui/slider";
import { formatStageTime } from "./format-stage";
import type { Replay } from "./use-replay";

const stepMs = 100;

/** Where the recording stands: play, hold, and go to any moment. */
export function ReplayBar({ replay }: { replay: Replay }) {
  const t = useTranslations();
  const { isPlaying, atMs, lengthMs, play, pause, seek, end } = replay;
  const text = t("demo.of", { stageTime: formatStageTime(atMs), stageTime2: formatStageTime(lengthMs) });
  return (
    <section
      aria-label={t("demo.replay")}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-line bg-surface px-4 py-2.5"
    >
      <Button variant="primary" onClick={isPlaying ? pause : play}>
        {isPlaying ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />}
        {isPlaying ? t("demo.pause") : atMs >= lengthMs ? t("demo.replay") : t("demo.play")}
      </Button>
      <Slider
        label={t("demo.momentOfTheRecording")}
        value={Math.round(atMs / stepMs)}
        valueText={text}
        min={0}
        max={Math.max(1, Math.ceil(lengthMs / stepMs))}
        onValue={(position) => seek(position * stepMs)}
        className="min-w-40 grow"
      />
      <span data-testid="replay-time" className="text-ink-2 text-sm tnum">
        {text}
      </span>
      <Button variant="ghost" disabled={atMs >= lengthMs} onClick={end}>
        <SkipForward size={14} aria-hidden />
        {t("demo.showTheEnd")}
      </Button>
    </section>
  );
}
