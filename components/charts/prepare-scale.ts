/** A round axis: its upper end and the distance of its grid lines. */
export type Scale = { max: number; step: number };

const roundSteps = [1, 2, 2.5, 5, 10];

/**
 * A round scale from 0 that holds `highest` with about five grid lines. Works in any unit; `highest` not above 0
 * counts as 1.
 */
export function prepareScale(highest: number): Scale {
  const wanted = (highest > 0 ? highest : 1) / 5;
  const magnitude = 10 ** Math.floor(Math.log10(wanted));
  const nearest = roundSteps.reduce((best, step) =>
    Math.abs(Math.log(step * magnitude) - Math.log(wanted)) < Math.abs(Math.log(best * magnitude) - Math.log(wanted))
      ? step
      : best,
  );
  const step = nearest * magnitude;
  return { step, max: Math.ceil((highest > 0 ? highest : 1) / step - 1e-9) * step };
}

/** The grid lines of a scale, 0 and the end included. */
export function scaleSplits({ max, step }: Scale): number[] {
  return Array.from({ length: Math.round(max / step) + 1 }, (_, index) => index * step);
}

const rateUnits = [
  { unit: "Gbit/s", divisor: 1e9 },
  { unit: "Mbit/s", divisor: 1e6 },
  { unit: "kbit/s", divisor: 1e3 },
] as const;

export type RateUnit = { unit: string; divisor: number };

/** The unit in which a bit-rate axis up to `max` bit/s reads best: 1167 stays Mbit/s, beyond 2 Gbit/s it changes. */
export function prepareRateUnit(max: number): RateUnit {
  return rateUnits.find(({ divisor }) => max >= divisor * (divisor === 1e9 ? 2 : 1)) ?? { unit: "bit/s", divisor: 1 };
}

/** With 0, 1 and 2 digits: making one costs more than a hundred numbers. */
const numberFormats = [0, 1, 2].map(
  (digits) => new Intl.NumberFormat("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);

/** A bit rate as a plain number of that unit, three significant digits where they fit: `71.7`, `143`, `1,020`. */
export function formatInUnit(bitRate: number, { divisor }: RateUnit): string {
  const value = bitRate / divisor;
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return numberFormats[digits]?.format(value) ?? "";
}
