import type { MergeGroup } from "@/components/ui/prepare-merge";
import type { SubscriberInput, SubscriberList } from "@/lib/contracts/subscribers";
import type { Translate } from "@/lib/words/translate";

/** An MSISDN in groups of four from its end, as people compare numbers: "+8210 1234 5678"; a masked one: "•••• 5678". */
export function formatMsisdn(msisdn: string): string {
  if (msisdn.startsWith("•")) return msisdn.replace(/(?=\d{1,4}$)/, " ");
  return `+${msisdn.replace(/^\+/, "").replace(/\B(?=(\d{4})+$)/g, " ")}`;
}

/** How many a list holds: "1,204" or "about 1,000,000". */
export function describeTotal(t: Translate, total: SubscriberList["total"]): string {
  const text = t("common.number", { value: total.value });
  return total.isExact ? text : t("subscribers.about", { text });
}

export type SubscriberForm = Omit<SubscriberInput, "imsi"> & { imsi: string };

export const emptySubscriber: SubscriberForm = {
  msisdn: "",
  imsi: "",
  state: "active",
  serviceClassId: "",
  extraWhiteListIds: [],
};

/** What was typed as the contract has it: blanks and hyphens of a number are taken away. */
export function inputOf(form: SubscriberForm): SubscriberInput {
  const imsi = form.imsi.replace(/\s/g, "");
  return { ...form, msisdn: form.msisdn.replace(/[\s().-]/g, ""), imsi: imsi === "" ? null : imsi };
}

export function formOf({ msisdn, imsi, state, serviceClassId, extraWhiteListIds }: SubscriberInput): SubscriberForm {
  return { msisdn, imsi: imsi ?? "", state, serviceClassId, extraWhiteListIds };
}

export type Choice = { id: string; name: string };

/** What a subscriber can have. */
export type Choices = { classes: readonly Choice[]; extraLists: readonly Choice[] };

/** The name of a class or list; its id while the names are on their way. */
export function nameOf(choices: readonly Choice[] | undefined, id: string): string {
  return choices?.find((choice) => choice.id === id)?.name ?? id;
}

/** The names of a subscriber's extra white-lists, or that there is none. */
export function namesOfLists(t: Translate, choices: Choices | undefined, ids: readonly string[]): string {
  return ids.length === 0 ? t("common.none") : ids.map((id) => nameOf(choices?.extraLists, id)).join(", ");
}

/** What two people may have changed, field by field. */
export const subscriberGroups = (t: Translate, choices?: Choices): readonly MergeGroup<SubscriberInput>[] => [
  { key: "msisdn", label: "MSISDN", fields: ["msisdn"], text: ({ msisdn }) => formatMsisdn(msisdn) },
  { key: "imsi", label: "IMSI", fields: ["imsi"], text: ({ imsi }) => imsi ?? t("common.none") },
  { key: "state", label: t("common.state"), fields: ["state"], text: ({ state }) => t(`subscribers.${state}`) },
  {
    key: "serviceClassId",
    label: t("common.serviceClass"),
    fields: ["serviceClassId"],
    text: ({ serviceClassId }) => nameOf(choices?.classes, serviceClassId),
  },
  {
    key: "extraWhiteListIds",
    label: t("subscribers.extraWhiteLists"),
    fields: ["extraWhiteListIds"],
    text: ({ extraWhiteListIds }) => namesOfLists(t, choices, extraWhiteListIds),
  },
];
