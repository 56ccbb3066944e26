import { useTranslations } from "next-intl";
import type { DemoRun } from "@/lib/contracts/live";
import { laneNames } from "./lanes";
import { prepareFaults } from "./prepare-faults";

/** Each fault of the run with the stall that was measured at the lane's payload; nothing where there was none. */
export function FaultLog({ run }: { run: DemoRun }) {
  const t = useTranslations();
  const faults = prepareFaults(t, run);
  if (faults.length === 0) return null;
  return (
    <section aria-label={t("demo.measuredStalls")} className="rounded-lg border border-line bg-surface px-4 py-2.5">
      <ul className="flex flex-wrap gap-x-6 gap-y-1">
        {faults.map(({ id, lane, at, what, stall }) => (
          <li key={id} data-testid={`fault-${id}`} className="text-base tnum">
            <span className="text-ink-2">
              {laneNames(t)[lane]}, {at}: {what},
            </span>{" "}
            <strong className="font-semibold text-lg">{stall}</strong>
          </li>
        ))}
      </ul>
    </section>
  );
}
