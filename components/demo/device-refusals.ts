import type { LaneRefusal } from "@/lib/contracts/demo-devices";
import type { Translate } from "@/lib/words/translate";

/** Why a device cannot run a lane, in a sentence. */
export const refusalTexts = (t: Translate): Record<LaneRefusal, string> => ({
  "no-link": t("demo.refusedNoLink"),
  "one-interface": t("demo.refusedOneInterface"),
  "no-mptcp": t("demo.refusedNoMptcp"),
  "not-proxied": t("demo.refusedNotProxied"),
  captured: t("demo.refusedCaptured"),
  "no-wget": t("demo.refusedNoWget"),
});
