import clsx from "clsx";

type ProgressProps = { label: string; fraction: number; className?: string; barClassName?: string };

/** How much is done, 0 to 1. The bar is drawn as SVG, which needs no inline style. */
export function Progress({ label, fraction, className, barClassName = "fill-ink" }: ProgressProps) {
  const percent = Math.min(100, Math.max(0, fraction * 100));
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      className={clsx("h-1.5 overflow-hidden rounded-full bg-sunken", className)}
    >
      <svg aria-hidden className="block h-full w-full" viewBox="0 0 100 1" preserveAspectRatio="none">
        <rect width={percent} height="1" className={barClassName} />
      </svg>
    </div>
  );
}
