/** Fields that are chosen together, because one without the other makes no sense. */
export type MergeGroup<T> = { key: string; label: string; fields: readonly (keyof T)[]; text: (item: T) => string };

export type MergeSide = "yours" | "theirs";
export type MergeRow = {
  key: string;
  label: string;
  yours: string;
  theirs: string;
  /** As it is in force; null where it is not there yet, absent where what is saved is in force at once. */
  inForce?: string | null;
  /** Both sides changed it, each to something else: a person has to choose. */
  isConflict: boolean;
  /** What is right when a person does not say otherwise: the side that changed it. */
  proposed: MergeSide;
};

/** `inForce` is absent where what is saved is in force at once. */
export type MergeSources<T> = { base: T; yours: T; theirs: T; inForce?: T | null };

function isSame<T>(left: T, right: T, fields: readonly (keyof T)[]): boolean {
  return fields.every((field) => JSON.stringify(left[field]) === JSON.stringify(right[field]));
}

/** The groups in which both sides differ, in the order of `groups`. */
export function prepareMerge<T>(groups: readonly MergeGroup<T>[], sources: MergeSources<T>): MergeRow[] {
  const { base, yours, theirs, inForce } = sources;
  return groups
    .filter(({ fields }) => !isSame(yours, theirs, fields))
    .map(({ key, label, fields, text }) => {
      const isYoursChanged = !isSame(base, yours, fields);
      const isTheirsChanged = !isSame(base, theirs, fields);
      return {
        key,
        label,
        yours: text(yours),
        theirs: text(theirs),
        ...(inForce === undefined ? {} : { inForce: inForce === null ? null : text(inForce) }),
        isConflict: isYoursChanged && isTheirsChanged,
        proposed: isYoursChanged ? "yours" : "theirs",
      };
    });
}

/** Theirs, with the groups taken over for which yours was chosen. */
export function applyMerge<T extends object>(
  groups: readonly MergeGroup<T>[],
  { yours, theirs }: MergeSources<T>,
  choices: Readonly<Record<string, MergeSide>>,
): T {
  const merged = { ...theirs };
  for (const { key, fields } of groups) {
    if (choices[key] !== "yours") continue;
    for (const field of fields) merged[field] = yours[field];
  }
  return merged;
}

/** Whether nothing that the other side changed is left to look at: then yours can be put on top of theirs as it is. */
export function isOnlyYours(rows: readonly MergeRow[]): boolean {
  return rows.every(({ isConflict, proposed }) => !isConflict && proposed === "yours");
}
