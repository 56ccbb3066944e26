import type { LinkFault } from "@/lib/contracts/demo";

/** A link's fault in a word or two. */
export const faultNames: Record<LinkFault, string> = {
  none: "healthy",
  down: "down",
  blackhole: "silent black hole",
  weak: "weak",
  "new-address": "new address",
  "options-stripped": "MPTCP options stripped",
  "joins-refused": "joins refused",
};
