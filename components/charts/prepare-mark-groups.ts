import type { ChartMark } from "./chart-data";

/** Marks that lie too close to be told apart; `at` is 0 at the left end of the axis and 1 at the right one. */
export type MarkGroup = { id: string; at: number; marks: readonly ChartMark[] };

/**
 * Marks from left to right, those closer than `nearestPx` to the first of a group in that group; what lies outside the
 * axis is left out.
 */
export function prepareMarkGroups(
  marks: readonly ChartMark[],
  [xMin, xMax]: readonly [number, number],
  widthPx: number,
  nearestPx: number,
): MarkGroup[] {
  if (xMax <= xMin || widthPx <= 0) return [];
  const groups: { id: string; at: number; marks: ChartMark[] }[] = [];
  const inOrder = marks.filter(({ x }) => x >= xMin && x <= xMax).sort((left, right) => left.x - right.x);
  for (const mark of inOrder) {
    const at = (mark.x - xMin) / (xMax - xMin);
    const group = groups.at(-1);
    if (group !== undefined && (at - group.at) * widthPx < nearestPx) group.marks.push(mark);
    else groups.push({ id: mark.id, at, marks: [mark] });
  }
  return groups;
}
