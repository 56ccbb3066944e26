import { readFileSync } from "node:fs";
import { parseInterfaceCounters } from "@/lib/demo";

/** What the interfaces of this network namespace received; an interface that goes, or starts anew, takes nothing back. */
export class InterfaceTotals {
  readonly #seen = new Map<string, { lastBytes: number; totalBytes: number }>();

  constructor(private readonly readCounters: () => string = () => readFileSync("/proc/self/net/dev", "latin1")) {}

  /** Bytes since this interface was first asked for, link-layer headers included. */
  receivedBytes(interfaceName: string): number {
    const nowBytes = parseInterfaceCounters(this.readCounters(), interfaceName)?.rxBytes ?? null;
    const seen = this.#seen.get(interfaceName) ?? { lastBytes: nowBytes ?? 0, totalBytes: 0 };
    this.#seen.set(interfaceName, seen);
    if (nowBytes === null) return seen.totalBytes;
    seen.totalBytes += nowBytes >= seen.lastBytes ? nowBytes - seen.lastBytes : nowBytes;
    seen.lastBytes = nowBytes;
    return seen.totalBytes;
  }
}
