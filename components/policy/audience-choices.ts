import type { Translate } from "@/lib/words/translate";

/** Whom a white-list is for, with a line that explains it. */
export const audienceChoices = (t: Translate) =>
  [
    { value: "everyone", label: t("common.everyone"), note: t("whiteLists.everySubscribersTrafficToItGoes") },
    { value: "extra", label: t("whiteLists.extra"), note: t("whiteLists.onlySubscribersThatHaveThisList") },
  ] as const;
