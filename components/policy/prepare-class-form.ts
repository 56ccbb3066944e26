import type { ServiceClass, SteeringMode } from "@/lib/contracts/policy";
import type { Translate } from "@/lib/words/translate";

export const rateUnits = ["kbit/s", "Mbit/s", "Gbit/s"] as const;
export type RateUnit = (typeof rateUnits)[number];
const kbpsPerUnit: Record<RateUnit, number> = { "kbit/s": 1, "Mbit/s": 1000, "Gbit/s": 1_000_000 };
const bytesPerGb = 1_000_000_000;

export type RateText = { text: string; unit: RateUnit };

/** A service class as it is typed: texts, so that nothing is lost before it is right. */
export type ClassForm = {
  name: string;
  steering: SteeringMode;
  lteShare: string;
  wifiSufficient: string;
  lteRate: RateText;
  totalRate: RateText;
  quotaGb: string;
  /** Id of a class; empty where none is chosen. */
  whenQuotaReached: string;
};

export type ClassField = keyof ClassForm;
export type ClassErrors = Partial<Record<ClassField, string>>;

/** Which field of the form a field of the contract is typed in. */
export const formFieldOf: Readonly<Record<string, ClassField>> = {
  name: "name",
  steering: "steering",
  lteSharePercent: "lteShare",
  wifiSufficientMbps: "wifiSufficient",
  lteRateKbps: "lteRate",
  totalRateKbps: "totalRate",
  lteQuotaBytes: "quotaGb",
  whenQuotaReached: "whenQuotaReached",
};

export function isRateUnit(text: string): text is RateUnit {
  return rateUnits.some((unit) => unit === text);
}

/** A rate in the largest unit that needs at most three decimals: 1500 kbit/s is 1.5 Mbit/s; empty for none. */
export function toRateText(rateKbps: number | null): RateText {
  if (rateKbps === null) return { text: "", unit: "Mbit/s" };
  const unit = [...rateUnits]
    .reverse()
    .find((name) => rateKbps >= kbpsPerUnit[name] && rateKbps % (kbpsPerUnit[name] / 1000) === 0);
  const chosen = unit ?? "kbit/s";
  return { text: String(rateKbps / kbpsPerUnit[chosen]), unit: chosen };
}

/** A volume in GB, exact to the byte and without an exponent. */
export function toGbText(sizeBytes: number): string {
  return (sizeBytes / bytesPerGb).toFixed(9).replace(/\.?0+$/, "");
}

export function toClassForm(item: ServiceClass): ClassForm {
  return {
    name: item.name,
    steering: item.steering,
    lteShare: item.lteSharePercent === null ? "" : String(item.lteSharePercent),
    wifiSufficient: item.wifiSufficientMbps === null ? "" : String(item.wifiSufficientMbps),
    lteRate: toRateText(item.lteRateKbps),
    totalRate: toRateText(item.totalRateKbps),
    quotaGb: item.lteQuotaBytes === null ? "" : toGbText(item.lteQuotaBytes),
    whenQuotaReached: item.whenQuotaReached ?? "",
  };
}

/** A typed number, with point or comma; NaN for anything else. */
export function readNumber(text: string): number {
  const plain = text.trim().replace(",", ".");
  return /^\d{1,15}(\.\d{1,12})?$/.test(plain) ? Number(plain) : Number.NaN;
}

function readRate({ text, unit }: RateText): number | null {
  return text.trim() === "" ? null : Math.round(readNumber(text) * kbpsPerUnit[unit]);
}

/**
 * The class that the form says, with what is wrong with it; `item` is null while something is.
 *
 * Rates become whole kbit/s, the quota whole bytes (1 GB = 10^9 bytes).
 */
export function readClassForm(
  t: Translate,
  form: ClassForm,
  id: string,
): { item: ServiceClass | null; errors: ClassErrors } {
  const errors: ClassErrors = {};
  const isShared = form.steering === "lte-share";
  const name = form.name.trim();
  if (name === "" || name.length > 60) errors.name = t("classes.giveItANameOf1");

  const share = isShared ? readNumber(form.lteShare) : null;
  if (share !== null && !(Number.isInteger(share) && share <= 100)) errors.lteShare = t("classes.aWholeNumberFrom0To");
  const isSufficientSet = isShared && form.wifiSufficient.trim() !== "";
  const sufficient = isSufficientSet ? readNumber(form.wifiSufficient) : null;
  if (Number.isNaN(sufficient)) errors.wifiSufficient = t("classes.aRateInMbitSOrEmpty");

  const lteRateKbps = readRate(form.lteRate);
  const totalRateKbps = readRate(form.totalRate);
  const isRate = (rate: number | null) => rate === null || (rate >= 1 && Number.isSafeInteger(rate));
  if (!isRate(lteRateKbps)) errors.lteRate = t("classes.aRateOfAtLeast1");
  if (!isRate(totalRateKbps)) errors.totalRate = t("classes.aRateOfAtLeast1");
  if (
    errors.lteRate === undefined &&
    errors.totalRate === undefined &&
    lteRateKbps !== null &&
    totalRateKbps !== null
  ) {
    if (lteRateKbps > totalRateKbps) errors.lteRate = t("classes.moreThanTheTotalCapIt");
  }

  const hasQuota = form.quotaGb.trim() !== "";
  const lteQuotaBytes = hasQuota ? Math.round(readNumber(form.quotaGb) * bytesPerGb) : null;
  if (lteQuotaBytes !== null && !(lteQuotaBytes >= 1 && Number.isSafeInteger(lteQuotaBytes)))
    errors.quotaGb = t("classes.aVolumeInGbAbove0");
  if (hasQuota && form.whenQuotaReached === "") errors.whenQuotaReached = t("classes.chooseTheClassThatFollows");
  if (hasQuota && form.whenQuotaReached === id) errors.whenQuotaReached = t("classes.chooseAnotherClassThanThisOne");

  if (Object.keys(errors).length > 0) return { item: null, errors };
  const item: ServiceClass = {
    id,
    name,
    steering: form.steering,
    lteSharePercent: share,
    wifiSufficientMbps: sufficient,
    lteRateKbps,
    totalRateKbps,
    lteQuotaBytes,
    whenQuotaReached: hasQuota ? form.whenQuotaReached : null,
  };
  return { item, errors };
}

/** A short id made of a name: `Gold Plus` is `gold-plus`; not one of `taken`. */
export function toItemId(name: string, taken: readonly string[], fallback: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 36)
    .replace(/-+$/, "");
  const stem = plain === "" ? fallback : plain;
  if (!taken.includes(stem)) return stem;
  let number = 2;
  while (taken.includes(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}
