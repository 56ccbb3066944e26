import type { Badge } from "@/components/ui/badge";
import type { NodeAck, PolicyVersion, PublishScope } from "@/lib/contracts/policy-admin";
import { formatCount } from "./prepare-words";

type Tone = NonNullable<Parameters<typeof Badge>[0]["tone"]>;
type Label = { text: string; tone: Tone };

export const versionStates: Record<PolicyVersion["state"], Label> = {
  "in-force": { text: "In force", tone: "good" },
  trial: { text: "On trial", tone: "warn" },
  superseded: { text: "Superseded", tone: "neutral" },
};

export const ackStates: Record<NodeAck["state"], Label> = {
  applied: { text: "Applied", tone: "good" },
  failed: { text: "Failed", tone: "bad" },
  waiting: { text: "Waiting", tone: "warn" },
  away: { text: "Away", tone: "neutral" },
  "not-in-scope": { text: "Not in scope", tone: "neutral" },
};

/** What a version is, in words: `Published`, `Rollback to 3`, `Trial`. */
export function describeKind({ kind, sourceVersion }: Pick<PolicyVersion, "kind" | "sourceVersion">): string {
  const source = sourceVersion === null ? "" : ` ${sourceVersion}`;
  if (kind === "publish") return "Published";
  if (kind === "rollback") return `Rollback to${source}`;
  if (kind === "canary") return "Trial";
  return kind === "promote" ? `Trial${source} promoted` : `Trial${source} reverted`;
}

/** Whom a version is for: `Everyone`, `10 % of subscribers`, `2 nodes`. */
export function describeScope(scope: PublishScope): string {
  if (scope.kind === "everyone") return "Everyone";
  if (scope.kind === "percent") return `${scope.percent}\u00a0% of subscribers`;
  return formatCount(scope.nodeIds.length, "node", "nodes");
}

/** How far a version has got: `All 3 nodes have it`, `1 of 3 nodes has it; 1 waiting, 1 failed`. */
export function describeAcks(acks: readonly NodeAck[]): string {
  const meant = acks.filter(({ state }) => state !== "not-in-scope");
  if (meant.length === 0) return "No node";
  const count = (state: NodeAck["state"]) => meant.filter((ack) => ack.state === state).length;
  const applied = count("applied");
  if (applied === meant.length) return meant.length === 1 ? "The node has it" : `All ${meant.length} nodes have it`;
  const rest = (["waiting", "failed", "away"] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${state}`);
  if (applied === 0) return `No node has it yet; ${rest.join(", ")}`;
  return `${applied} of ${formatCount(meant.length, "node", "nodes")} ${applied === 1 ? "has" : "have"} it; ${rest.join(", ")}`;
}

/** The version that was in force before this one; null for the first. A promoted trial changed what was before the trial. */
export function versionBefore({ version, kind, sourceVersion }: PolicyVersion): number | null {
  const before = kind === "promote" && sourceVersion !== null ? sourceVersion - 1 : version - 1;
  return before >= 1 ? before : null;
}
