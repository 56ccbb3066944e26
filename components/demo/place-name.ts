import { presets } from "@/lib/contracts/demo-presets";
import type { DemoRun } from "@/lib/contracts/live";
import type { Translate } from "@/lib/words/translate";

type Place = {
  request: Pick<DemoRun["request"], "preset">;
  device: Pick<NonNullable<DemoRun["device"]>, "name"> | null;
};

/** Where a run's lanes are: the device, or the testbed's links by the name of their preset. */
export function placeName(t: Translate, { request, device }: Place): string {
  if (device !== null) return device.name === "" ? t("demo.aDevice") : device.name;
  return presets.find(({ id }) => id === request.preset)?.name ?? request.preset;
}
