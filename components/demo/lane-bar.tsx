import { useTranslations } from "next-intl";

type LaneBarProps = { label: string; fraction: number; lteShare: number; isAggregate: boolean };

/** Progress to the finish line; the aggregate's bar is divided by what each interface carried. */
export function LaneBar({ label, fraction, lteShare, isAggregate }: LaneBarProps) {
  const t = useTranslations();
  const done = Math.min(1, Math.max(0, fraction)) * 100;
  const lte = done * lteShare;
  const percent = Math.round(done);
  const shares = isAggregate && done > 0 ? t("demo.lteCarried", { lteShare: String(Math.round(lteShare * 100)) }) : "";
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`${percent} %${shares}`}
      className="h-2.5 overflow-hidden rounded-full bg-sunken"
    >
      <svg aria-hidden viewBox="0 0 100 10" preserveAspectRatio="none" className="block h-full w-full">
        <rect width={lte} height="10" className="fill-lte" />
        <line
          x1="0"
          x2={lte}
          y1="5"
          y2="5"
          vectorEffect="non-scaling-stroke"
          strokeDasharray="2 4"
          className="stroke-[12] stroke-surface/50"
        />
        <rect x={lte} width={done - lte} height="10" className="fill-wifi" />
      </svg>
    </div>
  );
}
