import type { LiveNode } from "@/lib/contracts/live";

/** Proxies and testbeds in a steady order: proxies first, then by name. */
export function sortNodes(nodes: readonly LiveNode[]): LiveNode[] {
  return [...nodes].sort((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name));
}
