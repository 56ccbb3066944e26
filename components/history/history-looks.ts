import type { HistoryBy } from "@/lib/contracts/history";

/** How a line looks: never told by its colour alone. */
export type LineLook = { color: string; dash: string | null };

const accessLooks: Readonly<Record<string, LineLook>> = {
  lte: { color: "var(--lte)", dash: "5 3" },
  wifi: { color: "var(--wifi)", dash: null },
  other: { color: "var(--other)", dash: null },
};
const placeLooks: readonly LineLook[] = [
  { color: "var(--accent)", dash: null },
  { color: "var(--good)", dash: "8 3" },
  { color: "var(--warn)", dash: "3 3" },
];
const otherLook: LineLook = { color: "var(--other)", dash: null };

/** Accesses have their own colours everywhere; classes, white-lists and nodes those of their place. */
export function lookOf(by: HistoryBy, id: string, place: number): LineLook {
  return (by === "access" ? accessLooks[id] : placeLooks[place]) ?? otherLook;
}
