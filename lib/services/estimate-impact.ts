import type { PolicyImpact } from "@/lib/contracts/policy-admin";
import { say } from "@/lib/contracts/sentences";
import { getDatabase } from "@/lib/db/client";
import { type CompiledPolicy, decideAddress, decideHost } from "@/lib/policy";
import type { Said } from "@/lib/shared/said";
import { classUsage } from "./class-usage";
import { compiledPolicy, normalisedHost } from "./compiled-policy";
import { etagOf } from "./lost-update";
import type { PolicyContent } from "./policy-content";
import { type PolicyDraft, readDraft } from "./policy-draft";

const dayMs = 86_400_000;
const maxDestinations = 5000;
const maxShown = 100;

type Visited = {
  destination: string;
  address: string | null;
  extraIds: string[];
  sessions: number;
  bytes: number;
};
type Change = PolicyImpact["destinations"][number];

/** Where subscribers went in the last day, by the extra lists they have; the most used ones. */
async function readVisited(): Promise<Visited[]> {
  const since = new Date(Date.now() - dayMs);
  const rows = await getDatabase().$queryRaw<
    (Omit<Visited, "sessions" | "bytes"> & { sessions: bigint; bytes: string })[]
  >`
    SELECT session.destination, max(session.destination_address) AS address,
      coalesce(subscriber.extra_white_list_ids, '{}') AS "extraIds", count(*) AS sessions,
      sum(session.upload_bytes + session.download_bytes)::text AS bytes
    FROM sessions session LEFT JOIN subscribers subscriber ON subscriber.id =
      CASE WHEN session.subscriber_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN session.subscriber_id::uuid END
    WHERE session.started_at >= ${since}
    GROUP BY session.destination, 3 ORDER BY sessions DESC LIMIT ${maxDestinations}`;
  return rows.map((row) => ({ ...row, sessions: Number(row.sessions), bytes: Number(row.bytes) }));
}

/** Id of the white-list that lets the destination pass; null where it is not relayed. */
function listOf(policy: CompiledPolicy, { destination, address, extraIds }: Visited): string | null {
  const [, host, port] = /^(.*):(\d+)$/.exec(destination) ?? [];
  if (host === undefined) return null;
  const target = { host: normalisedHost(host), port: Number(port) };
  const extra = new Set(extraIds);
  const named = decideHost(policy, target, extra);
  if (named.kind === "refused" || address === null) return named.kind === "allowed" ? named.whiteListId : null;
  const decided = decideAddress(policy, { ...target, address }, extra);
  return decided.kind === "allowed" ? decided.whiteListId : null;
}

function nameOf(content: PolicyContent, id: string | null): string | null {
  return id === null ? null : (content.whiteLists.find((list) => list.id === id)?.name ?? id);
}

function changedDestinations({ base, content }: PolicyDraft, visited: readonly Visited[]): Change[] {
  const before = compiledPolicy(base);
  const after = compiledPolicy(content);
  const changes = new Map<string, Change>();
  for (const visit of visited) {
    const [left, right] = [listOf(before, visit), listOf(after, visit)];
    if (left === right) continue;
    const { destination, sessions, bytes } = visit;
    const change = { destination, sessions, bytes, before: nameOf(base, left), after: nameOf(content, right) };
    const key = `${destination} ${left} ${right}`;
    const known = changes.get(key);
    if (known === undefined) changes.set(key, change);
    else changes.set(key, { ...known, sessions: known.sessions + sessions, bytes: known.bytes + bytes });
  }
  return [...changes.values()].sort((one, other) => other.sessions - one.sessions);
}

/** Classes of the policy in force whose settings the draft changes or takes away. */
function changedClasses({ base, content }: PolicyDraft): { id: string; name: string }[] {
  const after = new Map(content.serviceClasses.map((item) => [item.id, etagOf(item)]));
  return base.serviceClasses.filter((item) => after.get(item.id) !== etagOf(item));
}

function sentencesOf(draft: PolicyDraft, impact: Omit<PolicyImpact, "sentences" | "told">): Said[] {
  const sentences: Said[] = [];
  const subscribers = impact.classes.reduce((sum, item) => sum + item.subscribers, 0);
  const refused = impact.destinations.filter(({ after }) => after === null).length;
  const gained = impact.destinations.filter(({ before }) => before === null).length;
  const moved = impact.destinations.length - refused - gained;
  if (impact.runningSessions > 0) sentences.push(say("impactSessions", { sessions: impact.runningSessions }));
  if (refused > 0) sentences.push(say("impactRefused", { destinations: refused }));
  if (subscribers > 0) sentences.push(say("impactSubscribers", { subscribers }));
  if (gained > 0) sentences.push(say("impactGained", { destinations: gained }));
  if (moved > 0) sentences.push(say("impactMoved", { destinations: moved }));
  if (sentences.length > 0) return sentences;
  return [say(draft.changes.length === 0 ? "draftChangesNothing" : "nothingDecidedOtherwise")];
}

/**
 * What the draft would do to subscribers, running sessions and the destinations of the last 24 hours.
 * Errors: AppError POLICY_BAD_CIDR, POLICY_BAD_RULE while the draft has such errors.
 */
export async function estimateImpact(): Promise<PolicyImpact> {
  const draft = await readDraft();
  const [usage, visited] = await Promise.all([classUsage(), readVisited()]);
  const changed = changedDestinations(draft, visited);
  const classes = changedClasses(draft).map(({ id, name }) => ({
    id,
    name,
    subscribers: usage.subscribers.get(id) ?? 0,
  }));
  const runningSessions = await getDatabase().session.count({
    where: {
      endedAt: null,
      OR: [
        { serviceClassId: { in: classes.map(({ id }) => id) } },
        { destination: { in: changed.map(({ destination }) => destination) } },
      ],
    },
  });
  const shown = { classes, runningSessions, destinations: changed.slice(0, maxShown) };
  const said = sentencesOf(draft, { ...shown, destinations: changed });
  return { ...shown, sentences: said.map(({ text }) => text), told: said.map(({ told }) => told) };
}
