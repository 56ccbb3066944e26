import pino from "pino";
import type { Log } from "@/lib/shared/log";

export type LogLine = { level: number; msg: string; reason?: string; [field: string]: unknown };

/** A log whose lines a test can read: `said("warn")` gives the messages of that level. */
export function collectedLog(): { log: Log; said: (level: "info" | "warn" | "error") => string[]; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const said = (level: "info" | "warn" | "error"): string[] =>
    lines.filter((line) => line.level === pino.levels.values[level]).map((line) => line.msg);
  return { log, said, lines };
}
