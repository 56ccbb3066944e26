import clsx from "clsx";
import { useTranslations } from "next-intl";
import { describeShares, type PathBytes } from "./prepare-session";

/** How LTE (hatched) and WiFi (solid) share the bytes. */
export function PathBar({ bytes, className }: { bytes: PathBytes; className?: string }) {
  const t = useTranslations();
  const { lte, wifi, other, total } = bytes;
  const width = (part: number) => (total === 0 ? 0 : (part / total) * 100);
  return (
    <svg
      role="img"
      aria-label={describeShares(t, bytes)}
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
      className={clsx("block h-1.5 w-full overflow-hidden rounded-full bg-sunken", className)}
    >
      <title>{describeShares(t, bytes)}</title>
      <rect x="0" width={width(lte)} height="6" className="fill-lte" />
      <line
        x1="0"
        x2={width(lte)}
        y1="3"
        y2="3"
        vectorEffect="non-scaling-stroke"
        strokeDasharray="1.5 3"
        className="stroke-[8] stroke-surface/55"
      />
      <rect x={width(lte)} width={width(wifi)} height="6" className="fill-wifi" />
      <rect x={width(lte) + width(wifi)} width={width(other)} height="6" className="fill-other" />
    </svg>
  );
}
