import { readFileSync } from "node:fs";
import type { DemoDirection } from "@/lib/contracts/demo";
import { parseInterfaceCounters } from "@/lib/demo";

type Counted = { lastBytes: number; totalBytes: number };

/** What the interfaces of this network namespace carried; an interface that goes, or starts anew, takes nothing back. */
export class InterfaceTotals {
  readonly #seen: Readonly<Record<DemoDirection, Map<string, Counted>>> = { download: new Map(), upload: new Map() };

  constructor(private readonly readCounters: () => string = () => readFileSync("/proc/self/net/dev", "latin1")) {}

  /** Bytes since this interface was first asked for in this direction, link-layer headers included. */
  carriedBytes(interfaceName: string, direction: DemoDirection): number {
    const counters = parseInterfaceCounters(this.readCounters(), interfaceName);
    const nowBytes = counters?.[direction === "download" ? "rxBytes" : "txBytes"] ?? null;
    const seen = this.#seen[direction].get(interfaceName) ?? { lastBytes: nowBytes ?? 0, totalBytes: 0 };
    this.#seen[direction].set(interfaceName, seen);
    if (nowBytes === null) return seen.totalBytes;
    seen.totalBytes += nowBytes >= seen.lastBytes ? nowBytes - seen.lastBytes : nowBytes;
    seen.lastBytes = nowBytes;
    return seen.totalBytes;
  }
}
