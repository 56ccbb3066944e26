import clsx from "clsx";
import { Skeleton } from "./skeleton";

const sizes = {
  md: { number: "text-lg", unit: "text-sm" },
  lg: { number: "text-2xl", unit: "text-sm" },
  xl: { number: "text-3xl", unit: "text-base" },
  stage: { number: "text-[clamp(2.25rem,4.4vw,5rem)] leading-none", unit: "text-[clamp(0.875rem,1.3vw,1.5rem)]" },
} as const;

type FigureProps = {
  /** `223 Mbit/s`; null: not known, shown as a dash; undefined: on its way. */
  text: string | null | undefined;
  size?: keyof typeof sizes;
  id?: string;
  className?: string | undefined;
};

/** A number with its unit set small, digits of equal width. */
export function Figure({ text, size = "lg", id, className }: FigureProps) {
  const { number, unit } = sizes[size];
  if (text === undefined) return <Skeleton className={clsx("my-1 h-6 w-24", className)} />;
  const split = text === null ? -1 : text.indexOf(" ");
  return (
    <span
      data-testid={id}
      className={clsx(
        "whitespace-nowrap tracking-tight tnum",
        text === null ? "font-light text-ink-3" : "font-semibold",
        number,
        className,
      )}
    >
      {text === null ? "–" : split < 0 ? text : text.slice(0, split)}
      {text === null || split < 0 ? null : (
        <span className={clsx("ml-1 font-medium text-ink-2 tracking-normal", unit)}>{text.slice(split + 1)}</span>
      )}
    </span>
  );
}
