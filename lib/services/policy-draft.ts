import type { PolicySnapshot, ServiceClass, WhiteList } from "@/lib/contracts/policy";
import type { ChangeKind, DraftCollection, Networks } from "@/lib/contracts/policy-admin";
import { type Database, getDatabase, type Transaction } from "@/lib/db/client";
import { canonicalJson } from "@/lib/shared/canonical-json";
import { AppError } from "@/lib/shared/errors";
import { sha256Hex } from "@/lib/shared/ids";
import { networksId, type Overlay, type OverlayItem, readOverlay } from "./draft-overlay";
import { etagOf } from "./lost-update";
import { contentOf, type PolicyContent } from "./policy-content";
import { readSnapshot } from "./policy-snapshots";
import { processSingleton } from "./process-singleton";

type Item = { id: string; name: string };

/** A changed item of the draft, whose removal has the item as it is in force. */
export type DraftItemChange = {
  collection: DraftCollection;
  id: string;
  name: string;
  kind: ChangeKind;
  changedBy: string;
  changedAt: string;
};

/** The draft at one moment; immutable. */
export type PolicyDraft = {
  base: PolicySnapshot;
  content: PolicyContent;
  changes: DraftItemChange[];
  etag: string;
};

const listTags = new WeakMap<WhiteList, string>();

/** The ETag of a white-list, of its head and its rules; quick, for a list may have 100,000 of them. */
export function whiteListEtag(list: WhiteList): string {
  const known = listTags.get(list);
  if (known !== undefined) return known;
  const { rules, ...head } = list;
  const lines = rules.map(
    ({ kind, value, ports }) => `${kind} ${value} ${ports.map((port) => `${port.from}-${port.to}`)}`,
  );
  const tag = sha256Hex(`${canonicalJson(head)}\n${lines.join("\n")}`).slice(0, 20);
  listTags.set(list, tag);
  return tag;
}

export function networksOf(content: Pick<PolicyContent, "accessNetworks" | "allowedPrivateRanges">): Networks {
  return { accessNetworks: content.accessNetworks, allowedPrivateRanges: content.allowedPrivateRanges };
}

function itemEtag(item: OverlayItem): string | null {
  if (item.body === null) return null;
  return item.collection === "white-list" ? whiteListEtag(item.body) : etagOf(item.body);
}

function baseEtag(base: PolicySnapshot, { collection, id }: OverlayItem): string | null {
  if (collection === "networks") return etagOf(networksOf(base));
  if (collection === "service-class") {
    const found = base.serviceClasses.find((serviceClass) => serviceClass.id === id);
    return found === undefined ? null : etagOf(found);
  }
  const found = base.whiteLists.find((list) => list.id === id);
  return found === undefined ? null : whiteListEtag(found);
}

/** Items stay where they are; added ones follow, by id. */
function overlayList<T extends Item>(base: readonly T[], changed: ReadonlyMap<string, T | null>): T[] {
  const kept = base.flatMap((item) => {
    const body = changed.get(item.id);
    return body === undefined ? [item] : body === null ? [] : [body];
  });
  const known = new Set(base.map(({ id }) => id));
  const added = [...changed].flatMap(([id, body]) => (known.has(id) || body === null ? [] : [body]));
  return [...kept, ...added];
}

function changesOf(base: PolicySnapshot, items: readonly OverlayItem[]): DraftItemChange[] {
  return items.map(({ collection, id, body, changedBy, changedAt }) => {
    const inForce: Item | undefined =
      collection === "service-class"
        ? base.serviceClasses.find((item) => item.id === id)
        : collection === "white-list"
          ? base.whiteLists.find((item) => item.id === id)
          : { id, name: "Access networks" };
    const now = body !== null && "name" in body ? body : inForce;
    const kind = inForce === undefined ? "added" : body === null ? "removed" : "changed";
    return { collection, id, name: now?.name ?? id, kind, changedBy, changedAt: new Date(changedAt).toISOString() };
  });
}

/** Those that differ from the policy in force: what was published meanwhile may have made others the same. */
export function changedItems(base: PolicySnapshot, items: readonly OverlayItem[]): OverlayItem[] {
  return items.filter((item) => itemEtag(item) !== baseEtag(base, item));
}

function compose(base: PolicySnapshot, overlay: Overlay): PolicyDraft {
  const items = changedItems(base, overlay.items);
  const classes = new Map<string, ServiceClass | null>();
  const lists = new Map<string, WhiteList | null>();
  let networks = networksOf(base);
  for (const item of items)
    if (item.collection === "service-class") classes.set(item.id, item.body);
    else if (item.collection === "white-list") lists.set(item.id, item.body);
    else networks = item.body ?? networks;
  const content = {
    ...contentOf(base),
    serviceClasses: overlayList(base.serviceClasses, classes),
    whiteLists: overlayList(base.whiteLists, lists),
    ...networks,
  };
  const tags = items.map((item) => [item.collection, item.id, itemEtag(item)]);
  return { base, content, changes: changesOf(base, items), etag: etagOf([base.version, tags]) };
}

type Kept = { key: string; draft: PolicyDraft } | null;

/**
 * The draft: the policy in force with the changes on top. Asked again without a change between it is the same object,
 * so that what was worked out of it can be kept with it.
 *
 * Errors: AppError POLICY_MISSING before the first policy.
 */
export async function readDraft(database: Database | Transaction = getDatabase()): Promise<PolicyDraft> {
  const overlay = await readOverlay(database);
  if (overlay === null) throw new AppError("POLICY_MISSING", "No policy is published yet. Try again later.");
  const base = await readSnapshot(overlay.baseVersion, database);
  const key = [base.version, ...overlay.items.map(({ collection, id, revision }) => `${collection} ${id} ${revision}`)];
  const holder = processSingleton<{ kept: Kept }>("policy-draft", () => ({ kept: null }));
  if (holder.kept?.key === key.join("\n") && holder.kept.draft.base === base) return holder.kept.draft;
  const draft = compose(base, overlay);
  holder.kept = { key: key.join("\n"), draft };
  return draft;
}

export const networksItem = { collection: "networks" as const, id: networksId };
