import { sourceKey } from "@/lib/policy";

/** A source may hold this part of the node's connections before it has shown who it is, */
const partOfAll = 1 / 16;
/** and so many wherever the node takes few: programs of one host open dozens at once. */
const leastPerSource = 64;
const nothing = (): void => {};

/**
 * Bounds how many connections of one source are in their handshake at once, so that a source that opens many and goes
 * slow leaves room for the others. Counted are those that sent a byte: the engine makes no other known, and ends them at the
 * handshake's deadline. Sessions are not counted: many subscribers may share one address.
 */
export class HandshakeCaps {
  private readonly held = new Map<string, number>();
  /** Connections that were turned away so far. */
  refusedTotal = 0;

  /** @param maxConnections of the node, as its settings are now */
  constructor(private readonly maxConnections: () => number) {}

  /** Count a connection of this source; gives what ends its count (once, however often it is called), null beyond the cap. */
  begin(address: string | null): (() => void) | null {
    if (address === null) return nothing;
    const source = sourceKey(address);
    const count = this.held.get(source) ?? 0;
    if (count >= Math.max(leastPerSource, Math.floor(this.maxConnections() * partOfAll))) {
      this.refusedTotal += 1;
      return null;
    }
    this.held.set(source, count + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const now = (this.held.get(source) ?? 1) - 1;
      if (now === 0) this.held.delete(source);
      else this.held.set(source, now);
    };
  }
}
