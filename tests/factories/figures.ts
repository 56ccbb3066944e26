import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

/** The machine a figure was taken on, in one line. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const load = readFileSync("/proc/loadavg", "utf8").split(" ").slice(0, 1).join("");
  return `machine: ${cpus().length} × ${cpu?.model ?? "unknown CPU"}, ${Math.round(totalmem() / 1e9)} GB, Linux ${release()}, Node ${process.version}, load ${load}`;
}

/** The middle value; the mean of the two middle ones for an even count. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** Print the closing line of a measure and set the exit code. */
export function conclude(name: string, figure: string, goal: string, isReached: boolean): void {
  console.log(`${name}: ${figure} (goal ${goal}${isReached ? "" : ", MISSED"})`);
  process.exitCode = isReached ? 0 : 1;
}
