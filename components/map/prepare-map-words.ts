import { formatBitRate } from "@/lib/shared/units";
import type { MapLink, NetworkMap } from "./prepare-map";

/** What a link carries, in words. */
export function linkText({ kind, bps, fault }: MapLink): string {
  const state = fault === null ? "" : `, ${fault}`;
  if (kind === "control") return fault ?? "policy and telemetry";
  return `${bps === null ? "not measured" : formatBitRate(bps)}${state}`;
}

/** The map in a sentence or two, for who does not see it. */
export function summariseMap({ places, links, hasTestbed }: NetworkMap): string {
  const flowing = links.filter(({ bps }) => bps !== null && bps > 0).map((link) => `${link.name} ${linkText(link)}`);
  const ill = places.filter(({ look }) => look !== "plain").map(({ name, detail }) => `${name}: ${detail}`);
  return [
    `Map of the ${hasTestbed ? "testbed" : "fleet"} with ${places.length} systems`,
    flowing.length === 0 ? "nothing flows" : flowing.join(", "),
    ...ill,
  ]
    .map((part) => `${part}.`)
    .join(" ");
}
