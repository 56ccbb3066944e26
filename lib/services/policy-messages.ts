import type { PolicyEvent, PolicySnapshot, WhiteList } from "@/lib/contracts/policy";
import { makeDelta } from "@/lib/policy";
import { canonicalJson } from "@/lib/shared/canonical-json";
import { sha256Hex } from "@/lib/shared/ids";
import { findSnapshot } from "./policy-snapshots";
import { processSingleton } from "./process-singleton";

const maxKept = 64;

/** Messages that many followers get are made once. */
function keep<T extends PolicyEvent>(key: string, make: () => T): T {
  const kept = processSingleton("policy-messages", () => new Map<string, PolicyEvent>());
  const known = kept.get(key);
  // A key is used with one `make` only.
  if (known !== undefined) return known as T;
  const made = make();
  if (kept.size >= maxKept) kept.clear();
  kept.set(key, made);
  return made;
}

const digests = new WeakMap<PolicySnapshot, string>();

const listTexts = new WeakMap<WhiteList, string>();

function canonicalList(list: WhiteList): string {
  const text = listTexts.get(list) ?? canonicalJson(list);
  listTexts.set(list, text);
  return text;
}

/** The snapshot's canonical JSON, made of its white-lists': they are most of it, and most stay as they are. */
function canonicalSnapshot(snapshot: PolicySnapshot): string {
  const parts = Object.entries(snapshot)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => {
      const text =
        key === "whiteLists" ? `[${snapshot.whiteLists.map(canonicalList).join(",")}]` : canonicalJson(value);
      return `${JSON.stringify(key)}:${text}`;
    });
  return `{${parts.join(",")}}`;
}

function digestOf(snapshot: PolicySnapshot): string {
  const digest = digests.get(snapshot) ?? sha256Hex(canonicalSnapshot(snapshot));
  digests.set(snapshot, digest);
  return digest;
}

function snapshotMessage(snapshot: PolicySnapshot): PolicyEvent {
  return keep(`snapshot ${snapshot.version}`, () => ({ type: "snapshot", snapshot }));
}

/** What brings a node from the version it has to this one: the change where that is shorter, else the whole. */
export async function messageForNode(from: number | null, snapshot: PolicySnapshot): Promise<PolicyEvent> {
  const before = from === null ? null : await findSnapshot(from);
  if (before === null || before.version > snapshot.version) return snapshotMessage(snapshot);
  return keep(`delta ${before.version} ${snapshot.version}`, () => {
    const delta: PolicyEvent = { type: "delta", delta: makeDelta(before, snapshot), sha256: digestOf(snapshot) };
    const isShorter = JSON.stringify(delta).length < canonicalSnapshot(snapshot).length;
    return isShorter ? delta : snapshotMessage(snapshot);
  });
}

/** The part of a policy that one subscriber's device needs: the lists it may use, all as its own. */
export function messageForAgent(snapshot: PolicySnapshot, extraWhiteListIds: readonly string[]): PolicyEvent {
  const extra = new Set(extraWhiteListIds);
  const lists = snapshot.whiteLists.filter(({ id, audience }) => audience === "everyone" || extra.has(id));
  const ids = lists.filter(({ audience }) => audience === "extra").map(({ id }) => id);
  return keep(`agent ${snapshot.version} ${ids.join(" ")}`, () => {
    const whiteLists = lists.map((list) => ({ ...list, audience: "everyone" as const }));
    return { type: "snapshot", snapshot: { ...snapshot, whiteLists } };
  });
}
