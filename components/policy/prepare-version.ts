import type { Badge } from "@/components/ui/badge";
import type { NodeAck, PolicyVersion, PublishScope } from "@/lib/contracts/policy-admin";
import type { Translate } from "@/lib/words/translate";

type Tone = NonNullable<Parameters<typeof Badge>[0]["tone"]>;
type Label = { text: string; tone: Tone };

export const versionStates = (t: Translate): Record<PolicyVersion["state"], Label> => ({
  "in-force": { text: t("policy.inForce"), tone: "good" },
  trial: { text: t("policy.onTrial"), tone: "warn" },
  superseded: { text: t("policy.superseded"), tone: "neutral" },
});

export const ackStates = (t: Translate): Record<NodeAck["state"], Label> => ({
  applied: { text: t("policy.applied"), tone: "good" },
  failed: { text: t("policy.failed"), tone: "bad" },
  waiting: { text: t("policy.waiting"), tone: "warn" },
  away: { text: t("policy.away"), tone: "neutral" },
  "not-in-scope": { text: t("policy.notInScope"), tone: "neutral" },
});

/** What a version is, in words: `Published`, `Rollback to 3`, `Trial`. */
export function describeKind(
  t: Translate,
  { kind, sourceVersion }: Pick<PolicyVersion, "kind" | "sourceVersion">,
): string {
  const source = sourceVersion === null ? "" : String(sourceVersion);
  if (kind === "publish") return t("policy.published");
  if (kind === "rollback") return t("policy.rollbackTo", { source });
  if (kind === "canary") return t("policy.trial");
  return kind === "promote" ? t("policy.trialPromoted", { source }) : t("policy.trialReverted", { source });
}

/** Whom a version is for: `Everyone`, `10 % of subscribers`, `2 nodes`. */
export function describeScope(t: Translate, scope: PublishScope): string {
  if (scope.kind === "everyone") return t("common.everyone");
  if (scope.kind === "percent") return t("policy.ofSubscribers", { percent: String(scope.percent) });
  return t("policy.nodes", { count: scope.nodeIds.length });
}

/** How far a version has got: `All 3 nodes have it`, `1 of 3 nodes has it; 1 waiting, 1 failed`. */
export function describeAcks(t: Translate, acks: readonly NodeAck[]): string {
  const meant = acks.filter(({ state }) => state !== "not-in-scope");
  if (meant.length === 0) return t("policy.noNode");
  const count = (state: NodeAck["state"]) => meant.filter((ack) => ack.state === state).length;
  const applied = count("applied");
  if (applied === meant.length)
    return meant.length === 1 ? t("policy.theNodeHasIt") : t("policy.allNodesHaveIt", { count: meant.length });
  const rest = (["waiting", "failed", "away"] as const)
    .filter((state) => count(state) > 0)
    .map((state) => t("policy.ackCount", { count: count(state), state }));
  if (applied === 0) return t("policy.noNodeHasItYet", { rest: rest.join(", ") });
  return t("policy.ofNodesHaveIt", { applied, count: meant.length, rest: rest.join(", ") });
}

/** The version that was in force before this one; null for the first. A promoted trial changed what was before the trial. */
export function versionBefore({ version, kind, sourceVersion }: PolicyVersion): number | null {
  const before = kind === "promote" && sourceVersion !== null ? sourceVersion - 1 : version - 1;
  return before >= 1 ? before : null;
}
