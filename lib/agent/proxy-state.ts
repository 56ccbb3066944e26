import type { TransportKind } from "@/lib/mptcp/face";

export type ProxyReach = {
  state: "untried" | "reached" | "failed";
  /** When that was last so; milliseconds since 1970, null while untried. */
  at: number | null;
  /** How the last connection to it really spoke. */
  transport: TransportKind | null;
  reason: string | null;
};

/** Whether the operator's proxy was reached when it was last needed. */
export class ProxyState {
  current: ProxyReach = { state: "untried", at: null, transport: null, reason: null };

  reached(transport: TransportKind): void {
    this.current = { state: "reached", at: Date.now(), transport, reason: null };
  }

  failed(reason: string): void {
    this.current = { ...this.current, state: "failed", at: Date.now(), reason };
  }
}
