import type { DraftCollection } from "@/lib/contracts/policy-admin";

export const collectionNames: Record<DraftCollection, string> = {
  "service-class": "Service class",
  "white-list": "White-list",
  networks: "Access networks",
};

/** The page where an item of the draft is edited. */
export function changeHref({ collection, id }: { collection: DraftCollection; id: string }): string {
  if (collection === "white-list") return `/policy/white-lists/${encodeURIComponent(id)}`;
  return collection === "service-class" ? "/policy/classes" : "/policy/networks";
}
