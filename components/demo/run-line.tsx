import { useTranslations } from "next-intl";
import { timeTag } from "@/components/time/time-text";
import type { DemoRun } from "@/lib/contracts/live";
import { formatBytes } from "@/lib/shared/units";
import { directionMarks } from "./directions";
import { placeName } from "./place-name";
import { runLinks } from "./prepare-demo-chart";
import { describeLink } from "./stage-setup";

/** Which run this is: links as they were, object, who, when. */
export function RunLine({ run }: { run: DemoRun }) {
  const t = useTranslations();
  const links = runLinks(run);
  return (
    <p className="flex flex-wrap items-center gap-x-4 text-ink-2 text-sm">
      <span className="font-medium text-ink">
        {placeName(t, run)} · {formatBytes(run.request.sizeBytes)}
        {directionMarks(t)[run.request.direction]}
      </span>
      {links === null ? null : (
        <span>
          LTE {describeLink(t, links.lte)} · WiFi {describeLink(t, links.wifi)}
        </span>
      )}
      <span className="text-ink-3">
        {t.rich("demo.startedBy", { time: timeTag(run.createdAt), createdBy: run.createdBy })}
      </span>
    </p>
  );
}
