/** A label's box on the canvas; `bottom` is where its text stands. */
export type LabelBox = { left: number; right: number; top: number; bottom: number };

function overlaps(one: LabelBox, other: LabelBox): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/**
 * Where a label stands: at the first of its places that leaves the others readable; where none does, at the one it likes best.
 *
 * @param bottoms where its text could stand, the best first
 */
export function placeLabel(
  { left, right, height }: { left: number; right: number; height: number },
  bottoms: readonly [number, ...number[]],
  placed: readonly LabelBox[],
): LabelBox {
  const boxAt = (bottom: number): LabelBox => ({ left, right, top: bottom - height, bottom });
  const isFree = (bottom: number): boolean => placed.every((other) => !overlaps(boxAt(bottom), other));
  return boxAt(bottoms.find(isFree) ?? bottoms[0]);
}
