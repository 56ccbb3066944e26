import type { Tone } from "@/components/ui/badge";
import type { ApiToken, TokenScope } from "@/lib/contracts/api-tokens";
import type { Translate } from "@/lib/words/translate";

export const scopeTexts = (t: Translate): Record<TokenScope, string> => ({
  read: t("tokens.readEverythingButStaffAndThe"),
  subscribers: t("tokens.subscribersSubscribersImportsDevicesLookUp"),
  policy: t("tokens.policyClassesWhiteListsVersionsSimulator"),
  nodes: t("tokens.nodesDrainResumeRestartSettings"),
  demo: t("tokens.demoComparisonsAndTheTestbedsLinks"),
  audit: t("tokens.auditLogListExportVerify"),
});

/** Whether a token works now, and if not why. */
export function tokenState(
  t: Translate,
  token: ApiToken,
  nowMs: number,
): { label: string; tone: Tone; isOver: boolean } {
  if (token.revokedAt !== null) return { label: t("tokens.revoked"), tone: "neutral", isOver: true };
  if (Date.parse(token.expiresAt) <= nowMs) return { label: t("tokens.expired"), tone: "neutral", isOver: true };
  return { label: t("tokens.active"), tone: "good", isOver: false };
}

/** How long a token may live, for the list to choose from. */
export const validityOptions = (t: Translate) =>
  [
    { value: "7", label: t("tokens.n7Days") },
    { value: "30", label: t("tokens.n30Days") },
    { value: "90", label: t("tokens.n90Days") },
    { value: "365", label: t("tokens.n365Days") },
  ] as const;
