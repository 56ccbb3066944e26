import { formatBitRate } from "@/lib/shared/units";
import type { Translate } from "@/lib/words/translate";
import type { MapLink, NetworkMap } from "./prepare-map";

/** What a link carries, in words. */
export function linkText(t: Translate, { kind, bps, fault }: MapLink): string {
  const state = fault === null ? "" : `, ${fault}`;
  if (kind === "control") return fault ?? t("map.policyAndTelemetry");
  return `${bps === null ? t("map.notMeasured") : formatBitRate(bps)}${state}`;
}

/** The map in a sentence or two, for who does not see it. */
export function summariseMap(t: Translate, { places, links, hasTestbed }: NetworkMap): string {
  const flowing = links.filter(({ bps }) => bps !== null && bps > 0).map((link) => `${link.name} ${linkText(t, link)}`);
  const ill = places.filter(({ look }) => look !== "plain").map(({ name, detail }) => `${name}: ${detail}`);
  return [
    t("map.mapOfTheWithSystems", { state: hasTestbed ? t("map.testbed") : t("map.fleet"), count: places.length }),
    flowing.length === 0 ? t("map.nothingFlows") : flowing.join(", "),
    ...ill,
  ]
    .map((part) => `${part}.`)
    .join(" ");
}
