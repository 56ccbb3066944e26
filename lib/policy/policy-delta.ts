import { AppError } from "@/lib/shared/errors";
import { isSameJson } from "./is-same-json";
import type { PolicySnapshotInput } from "./policy-input";

type ListDelta<Item> = { order: string[]; upsert: Item[] };

/** What turns one snapshot into the next; a part that is absent did not change. */
export type PolicyDeltaOf<Snapshot extends PolicySnapshotInput> = {
  from: number;
  version: number;
  publishedAt: string;
  serviceClasses?: ListDelta<Snapshot["serviceClasses"][number]> | undefined;
  whiteLists?: ListDelta<Snapshot["whiteLists"][number]> | undefined;
  accessNetworks?: Snapshot["accessNetworks"][number][] | undefined;
  allowedPrivateRanges?: string[] | undefined;
};

function byId<Item extends { id: string }>(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.id, item]));
}

function listDelta<Item extends { id: string }>(
  before: readonly Item[],
  after: readonly Item[],
): ListDelta<Item> | null {
  const known = byId(before);
  const upsert = after.filter((item) => !isSameJson(known.get(item.id), item));
  const isInPlace = before.length === after.length && after.every(({ id }, index) => before[index]?.id === id);
  return upsert.length === 0 && isInPlace ? null : { order: after.map(({ id }) => id), upsert };
}

function appliedList<Item extends { id: string }>(
  before: readonly Item[],
  delta: ListDelta<Item>,
  from: number,
): Item[] {
  const known = byId([...before, ...delta.upsert]);
  return delta.order.map((id) => {
    const item = known.get(id);
    if (item === undefined) throw mismatch(`it keeps "${id}", which version ${from} does not have`);
    return item;
  });
}

function mismatch(why: string): AppError {
  return new AppError("POLICY_DELTA_MISMATCH", `The policy change does not fit: ${why}. Ask for the whole policy.`);
}

/**
 * The change from one snapshot to a later one. Ids must be unique in each snapshot, as `findFindings` asks for.
 * Linear in the size of both.
 */
export function makeDelta<Snapshot extends PolicySnapshotInput>(
  before: Snapshot,
  after: Snapshot,
): PolicyDeltaOf<Snapshot> {
  const serviceClasses = listDelta<Snapshot["serviceClasses"][number]>(before.serviceClasses, after.serviceClasses);
  const whiteLists = listDelta<Snapshot["whiteLists"][number]>(before.whiteLists, after.whiteLists);
  return {
    from: before.version,
    version: after.version,
    publishedAt: after.publishedAt,
    ...(serviceClasses === null ? {} : { serviceClasses }),
    ...(whiteLists === null ? {} : { whiteLists }),
    ...(isSameJson(before.accessNetworks, after.accessNetworks) ? {} : { accessNetworks: [...after.accessNetworks] }),
    ...(isSameJson(before.allowedPrivateRanges, after.allowedPrivateRanges)
      ? {}
      : { allowedPrivateRanges: [...after.allowedPrivateRanges] }),
  };
}

/**
 * The snapshot that a change leads to; what did not change is shared with `before`.
 *
 * Errors: AppError POLICY_DELTA_MISMATCH where the change starts from another version or keeps an unknown item.
 */
export function applyDelta<Snapshot extends PolicySnapshotInput>(
  before: Snapshot,
  delta: PolicyDeltaOf<Snapshot>,
): Snapshot {
  const { from, version, publishedAt, serviceClasses, whiteLists, accessNetworks, allowedPrivateRanges } = delta;
  if (from !== before.version) throw mismatch(`it starts from version ${from}, this is version ${before.version}`);
  return {
    ...before,
    version,
    publishedAt,
    ...(serviceClasses === undefined
      ? {}
      : {
          serviceClasses: appliedList<Snapshot["serviceClasses"][number]>(before.serviceClasses, serviceClasses, from),
        }),
    ...(whiteLists === undefined
      ? {}
      : { whiteLists: appliedList<Snapshot["whiteLists"][number]>(before.whiteLists, whiteLists, from) }),
    ...(accessNetworks === undefined ? {} : { accessNetworks }),
    ...(allowedPrivateRanges === undefined ? {} : { allowedPrivateRanges }),
  };
}
