import type { SessionReport, TelemetryBatch } from "@/lib/contracts/telemetry";

const texts = new WeakMap<readonly SessionReport[], string>();

/**
 * A batch as JSON. Its sessions are most of it: they are turned into text once, for the disk and for the portal, and must
 * not change afterwards.
 */
export function batchText({ sessions, ...rest }: TelemetryBatch): string {
  const text = texts.get(sessions) ?? JSON.stringify(sessions);
  texts.set(sessions, text);
  return `${JSON.stringify(rest).slice(0, -1)},"sessions":${text}}`;
}
