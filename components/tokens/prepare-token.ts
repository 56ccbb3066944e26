import type { Tone } from "@/components/ui/badge";
import type { ApiToken, TokenScope } from "@/lib/contracts/api-tokens";

export const scopeTexts: Record<TokenScope, string> = {
  read: "Read: everything but staff and the audit log, changing nothing",
  subscribers: "Subscribers: subscribers, imports, devices, look-up",
  policy: "Policy: classes, white-lists, versions, simulator",
  nodes: "Nodes: drain, resume, restart, settings",
  demo: "Demo: comparisons and the testbed's links",
  audit: "Audit log: list, export, verify",
};

/** Whether a token works now, and if not why. */
export function tokenState(token: ApiToken, nowMs: number): { label: string; tone: Tone; isOver: boolean } {
  if (token.revokedAt !== null) return { label: "Revoked", tone: "neutral", isOver: true };
  if (Date.parse(token.expiresAt) <= nowMs) return { label: "Expired", tone: "neutral", isOver: true };
  return { label: "Active", tone: "good", isOver: false };
}

/** How long a token may live, for the list to choose from. */
export const validityOptions = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "365 days" },
] as const;
