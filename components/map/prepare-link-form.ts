import type { LinkSettings } from "@/lib/contracts/demo";
import type { Translate } from "@/lib/words/translate";

/** Rates that a slider can rest at, Mbit/s: steps that look alike from a slow link to a fast one. */
const rateSteps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 867, 1000, 2000, 5000, 10_000];

/** One slider: its ends, and how a position becomes a setting and back. */
export type LinkSlider = {
  setting: keyof LinkSettings;
  label: string;
  max: number;
  toPosition: (value: number) => number;
  toValue: (position: number) => number;
  format: (value: number) => string;
};

function nearestStep(rateMbps: number): number {
  const distance = (step: number) => Math.abs(Math.log(step) - Math.log(rateMbps));
  return rateSteps.reduce((best, step, index) => (distance(step) < distance(rateSteps[best] ?? 1) ? index : best), 0);
}

const longestRttMs = 500;
const highestLossPercent = 20;

export const linkSliders = (t: Translate): readonly LinkSlider[] => [
  {
    setting: "rateMbps",
    label: t("map.rate"),
    max: rateSteps.length - 1,
    toPosition: nearestStep,
    toValue: (position) => rateSteps[position] ?? 1,
    format: (value) => `${value} Mbit/s`,
  },
  {
    setting: "rttMs",
    label: t("map.delayRoundTrip"),
    max: longestRttMs / 5,
    toPosition: (value) => Math.round(value / 5),
    toValue: (position) => position * 5,
    format: (value) => `${value} ms`,
  },
  {
    setting: "lossPercent",
    label: t("map.loss"),
    max: highestLossPercent * 10,
    toPosition: (value) => Math.round(value * 10),
    toValue: (position) => position / 10,
    format: (value) => `${value} %`,
  },
];
