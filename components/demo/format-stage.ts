import { formatInUnit } from "@/components/charts/prepare-scale";

const megabit = { unit: "Mbit/s", divisor: 1e6 };

/** A rate on the stage: always Mbit/s, since numbers side by side are compared before their units are read. */
export function formatStageRate(bitRate: number): string {
  return `${formatInUnit(bitRate, megabit)} ${megabit.unit}`;
}

/** A time on the stage: always seconds, for the same reason. */
export function formatStageTime(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
