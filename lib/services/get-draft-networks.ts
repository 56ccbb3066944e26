import type { DraftNetworks } from "@/lib/contracts/policy-admin";
import { etagOf } from "./lost-update";
import { networksOf, type PolicyDraft, readDraft } from "./policy-draft";

export function describeDraftNetworks(draft: PolicyDraft): DraftNetworks {
  const item = networksOf(draft.content);
  const change = draft.changes.find(({ collection }) => collection === "networks")?.kind ?? null;
  return { item, etag: etagOf(item), change };
}

/** The draft's access networks and allowed private ranges. */
export async function getDraftNetworks(): Promise<DraftNetworks> {
  return describeDraftNetworks(await readDraft());
}
