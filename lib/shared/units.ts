/** Bits per second of `bytes` moved in `durationMs`; 0 for a span that is not above 0. */
export function bitsPerSecond(bytes: number, durationMs: number): number {
  return durationMs > 0 ? (bytes * 8000) / durationMs : 0;
}

/** Bytes per second of decimal kilobits per second. */
export function bytesPerSecondOfKbps(rateKbps: number): number {
  return rateKbps * 125;
}

function scaled(value: number, units: readonly string[]): string {
  let magnitude = Math.abs(value);
  let index = 0;
  while (magnitude >= 999.5 && index < units.length - 1) {
    magnitude /= 1000;
    index += 1;
  }
  const digits = index === 0 || magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2;
  const isNegative = value < 0 && magnitude >= 0.5;
  return `${isNegative ? "-" : ""}${magnitude.toFixed(digits)} ${units[index] ?? ""}`;
}

/** Decimal bit rate, three significant digits: `1.17 Gbit/s`, `223 Mbit/s`. */
export function formatBitRate(bitRate: number): string {
  return scaled(bitRate, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"]);
}

/** Decimal volume, three significant digits: `1.00 GB` is 10^9 bytes. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, ["B", "kB", "MB", "GB", "TB"]);
}

/** A span in the largest unit that keeps it readable: `850 ms`, `12.3 s`, `4 min 05 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
