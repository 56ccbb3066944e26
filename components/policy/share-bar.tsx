import clsx from "clsx";
import { useTranslations } from "next-intl";
import { formatShare } from "./prepare-class-facts";

type ShareBarProps = {
  achievedPercent: number | null;
  targetPercent: number | null;
  /** The bytes it is about. */
  achievedOver?: string;
  /** Keeps the height of two lines, so that bars side by side stand level. */
  isLevel?: boolean;
};

/** The share of bytes that went over LTE, and the most that the class allows. */
export function ShareBar(props: ShareBarProps) {
  const t = useTranslations();
  const { achievedPercent, targetPercent, achievedOver = t("classes.inTheLastHour"), isLevel = false } = props;
  const text =
    achievedPercent === null
      ? t("classes.noTraffic", { achievedOver })
      : t("classes.overLte", { share: formatShare(achievedPercent), achievedOver });
  return (
    <div className="flex flex-col gap-1.5">
      <div className={clsx("flex items-end justify-between gap-2 text-xs", isLevel && "min-h-8")}>
        <span className={achievedPercent === null ? "text-ink-3" : "font-medium tnum"}>{text}</span>
        {targetPercent === null ? null : (
          <span className="shrink-0 text-ink-3 tnum">{t("classes.target", { share: formatShare(targetPercent) })}</span>
        )}
      </div>
      <svg aria-hidden viewBox="0 0 100 8" preserveAspectRatio="none" className="block h-2 w-full">
        <rect y="1" width="100" height="6" rx="1" className="fill-sunken" />
        <rect y="1" width={Math.min(100, Math.max(0, achievedPercent ?? 0))} height="6" className="fill-lte" />
        <line
          x1="0"
          x2={Math.min(100, Math.max(0, achievedPercent ?? 0))}
          y1="4"
          y2="4"
          vectorEffect="non-scaling-stroke"
          strokeDasharray="1.5 3"
          className="stroke-[8] stroke-surface/55"
        />
        {targetPercent === null ? null : (
          <line
            x1={targetPercent}
            x2={targetPercent}
            y1="0"
            y2="8"
            vectorEffect="non-scaling-stroke"
            className="stroke-2 stroke-ink"
          />
        )}
      </svg>
    </div>
  );
}
