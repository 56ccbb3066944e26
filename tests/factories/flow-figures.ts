import { binMs, type FlowResult } from "./flow-program";

/** Megabits a second that the receiving program got between two moments of the stream (ms since it began). */
export function goodputMbps({ bins }: FlowResult, fromMs: number, toMs: number): number {
  const [first, last] = [Math.round(fromMs / binMs), Math.round(toMs / binMs)];
  const bytes = bins.slice(first, last).reduce((sum, count) => sum + count, 0);
  return (bytes * 8) / ((last - first) * binMs) / 1000;
}

/** The longest time without a new byte between two moments of the stream (ms since it began). */
export function longestGapMs({ bins }: FlowResult, fromMs: number, toMs: number): number {
  let longest = 0;
  let current = 0;
  for (let index = Math.round(fromMs / binMs); index < Math.round(toMs / binMs); index += 1) {
    current = (bins[index] ?? 0) === 0 ? current + binMs : 0;
    longest = Math.max(longest, current);
  }
  return longest;
}
