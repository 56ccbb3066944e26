import type { DraftNetworks, Networks } from "@/lib/contracts/policy-admin";
import type { StaffActor } from "./actor";
import { changeDraft } from "./change-draft";
import { describeDraftNetworks } from "./get-draft-networks";
import { etagOf, type Precondition, requireUnchanged } from "./lost-update";
import { networksItem, networksOf } from "./policy-draft";

/** So many entries that were added or removed at once are named in the audit log. */
const auditedEntries = 100;

/** What only one of the two has, for the audit log. */
function onlyIn(networks: Networks, other: Networks) {
  const known = new Set([...other.accessNetworks, ...other.allowedPrivateRanges].map((entry) => JSON.stringify(entry)));
  const isNew = (entry: unknown): boolean => !known.has(JSON.stringify(entry));
  return {
    accessNetworks: networks.accessNetworks.filter(isNew).slice(0, auditedEntries),
    allowedPrivateRanges: networks.allowedPrivateRanges.filter(isNew).slice(0, auditedEntries),
  };
}

/** Change the draft's access networks and allowed private ranges. Errors: AppError AUTH_FORBIDDEN, PRECONDITION_FAILED. */
export async function saveDraftNetworks(
  staff: StaffActor,
  { item, precondition }: { item: Networks; precondition: Precondition },
): Promise<DraftNetworks> {
  const draft = await changeDraft(staff, (before) => {
    const current = networksOf(before.content);
    const etag = etagOf(current);
    requireUnchanged(precondition, { etag, item: current }, "The list of access networks");
    if (etag === etagOf(item)) return null;
    return { write: { ...networksItem, body: item }, before: onlyIn(current, item), after: onlyIn(item, current) };
  });
  return describeDraftNetworks(draft);
}
