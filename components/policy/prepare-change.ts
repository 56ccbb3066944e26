import type { DraftCollection } from "@/lib/contracts/policy-admin";
import type { Translate } from "@/lib/words/translate";

export const collectionNames = (t: Translate): Record<DraftCollection, string> => ({
  "service-class": t("common.serviceClass"),
  "white-list": t("policy.whiteList"),
  networks: t("policy.accessNetworks"),
});

/** The page where an item of the draft is edited. */
export function changeHref({ collection, id }: { collection: DraftCollection; id: string }): string {
  if (collection === "white-list") return `/policy/white-lists/${encodeURIComponent(id)}`;
  return collection === "service-class" ? "/policy/classes" : "/policy/networks";
}
