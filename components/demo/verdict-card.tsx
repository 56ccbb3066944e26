import clsx from "clsx";
import { useTranslations } from "next-intl";
import { EmptyState } from "@/components/ui/empty-state";
import type { DemoRun } from "@/lib/contracts/live";
import { laneNames } from "./lanes";
import { type Comparison, formatPercent, formatRatio, prepareVerdict } from "./prepare-verdict";

/** What the run proves, in three numbers; without its lanes a number is not guessed. */
export function VerdictCard({ run }: { run: DemoRun | null }) {
  const t = useTranslations();
  if (run === null) return <IdleVerdict />;
  const verdict = prepareVerdict(t, run);
  const best = verdict.bestLane === null ? "" : ` (${laneNames(t)[verdict.bestLane]})`;
  return (
    <section
      aria-label={t("demo.result")}
      data-testid="verdict"
      className="flex flex-col divide-y divide-line rounded-lg border border-line bg-surface px-5"
    >
      <Line
        id="over-lte"
        comparison={verdict.overLte}
        format={formatRatio}
        name={laneNames(t)["lte-only"]}
        slower={t("demo.slowerThanLteOnly")}
        isMain
      />
      <Line
        id="over-best"
        comparison={verdict.overBest}
        format={formatRatio}
        name={t("demo.theBestSinglePath", { best })}
        slower={t("demo.slowerThanTheBestSinglePath", { best })}
      />
      <Line
        id="efficiency"
        comparison={verdict.efficiency}
        format={formatPercent}
        name={t("demo.ofTheMeasuredSum")}
        slower={null}
      />
    </section>
  );
}

function IdleVerdict() {
  const t = useTranslations();
  return (
    <section
      aria-label={t("demo.result")}
      data-testid="verdict"
      className="flex rounded-lg border border-line bg-surface"
    >
      <EmptyState title={t("demo.theResultStandsHere")} className="m-auto">
        {t("demo.howManyTimesLteOnlyHow")}
      </EmptyState>
    </section>
  );
}

type LineProps = {
  id: string;
  comparison: Comparison;
  format: (value: number) => string;
  name: string;
  /** Said instead of `name` when the value is below 1; null where that is no loss. */
  slower: string | null;
  isMain?: boolean;
};

function Line({ id, comparison, format, name, slower, isMain = false }: LineProps) {
  const t = useTranslations();
  const { value } = comparison;
  const isLosing = value !== null && value < 0.995 && slower !== null;
  const why = comparison.value === null ? comparison.why : null;
  const isLive = comparison.value !== null && comparison.isLive;
  return (
    <div className="flex grow flex-col justify-center py-3.5">
      <p
        data-testid={id}
        className={clsx(
          "tracking-tight tnum",
          isMain
            ? "text-[clamp(2.5rem,4.6vw,5.5rem)] leading-none"
            : "text-[clamp(1.5rem,2.3vw,2.75rem)] leading-tight",
          value === null ? "font-light text-ink-3" : isLosing ? "font-semibold text-bad" : "font-semibold text-ink",
        )}
      >
        {value === null ? "–" : format(value)}
        {isLive ? (
          <span className="ml-2 font-normal text-base text-ink-3 tracking-normal">{t("demo.soFar")}</span>
        ) : null}
      </p>
      <p className="pt-1 text-ink-2 text-lg">{isLosing ? slower : name}</p>
      {why === null ? null : <p className="text-ink-3 text-sm">{t("demo.noNumber", { why })}</p>}
    </div>
  );
}
