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

const none = "none";

/** What two people may have changed, field by field. */
export const subscriberGroups = (t: Translate): readonly MergeGroup<SubscriberInput>[] => [
  { key: "msisdn", label: "MSISDN", fields: ["msisdn"], text: ({ msisdn }) => formatMsisdn(msisdn) },
  { key: "imsi", label: "IMSI", fields: ["imsi"], text: ({ imsi }) => imsi ?? none },
  { key: "state", label: t("common.state"), fields: ["state"], text: ({ state }) => state },
  {
    key: "serviceClassId",
    label: t("common.serviceClass"),
    fields: ["serviceClassId"],
    text: (item) => item.serviceClassId,
  },
  {
    key: "extraWhiteListIds",
    label: t("subscribers.extraWhiteLists"),
    fields: ["extraWhiteListIds"],
    text: ({ extraWhiteListIds }) => (extraWhiteListIds.length === 0 ? none : extraWhiteListIds.join(", ")),
  },
];
