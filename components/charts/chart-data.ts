import type { LucideIcon } from "lucide-react";
import type { SeriesTone } from "@/components/ui/access-mark";

/** Null is a gap: nothing was measured there, and nothing is drawn across it. */
export type ChartValue = number | null;

export type ChartSeries = {
  id: string;
  label: string;
  tone: SeriesTone;
  /** `stack`: an area on top of the stacks before it. `line`: a line at its own value. */
  kind: "stack" | "line";
  values: readonly ChartValue[];
  /** A value holds until the next x: a step instead of a slope. */
  isHeld?: boolean;
  /** The label is also drawn at the newest point. */
  isLabelled?: boolean;
};

/** Series over one shared x; every `values` is as long as `xs`. */
export type ChartData = { xs: readonly number[]; series: readonly ChartSeries[] };

/** A horizontal line with its name. */
export type ChartReference = { label: string; value: number };

/** Something that happened at one moment: a vertical line with its icon; `label` says what. */
export type ChartMark = { id: string; x: number; tone: SeriesTone; icon: LucideIcon; label: string };
