import type { PolicySnapshot } from "@/lib/contracts/policy";

/** A policy before it gets its number and time. */
export type PolicyContent = Omit<PolicySnapshot, "version" | "publishedAt">;

/** What of a snapshot can be published again. */
export function contentOf(snapshot: PolicySnapshot): PolicyContent {
  const { version: _version, publishedAt: _publishedAt, ...content } = snapshot;
  return content;
}
