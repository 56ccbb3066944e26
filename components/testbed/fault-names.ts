import type { LinkFault } from "@/lib/contracts/demo";
import type { Translate } from "@/lib/words/translate";

/** A link's fault in a word or two. */
export const faultNames = (t: Translate): Record<LinkFault, string> => ({
  none: t("nodes.healthy"),
  down: t("nodes.down"),
  blackhole: t("nodes.silentBlackHole"),
  weak: t("nodes.weak"),
  "new-address": t("nodes.newAddress"),
  "options-stripped": t("nodes.mptcpOptionsStripped"),
  "joins-refused": t("nodes.joinsRefused"),
});
