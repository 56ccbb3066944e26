import * as z from "zod";
import type { PolicySnapshot } from "@/lib/contracts/policy";

/** What the owner of the device wants: the path manager at all, and of the operator's white-lists not these. */
export const deviceChoiceSchema = z.object({
  isOn: z.boolean(),
  offWhiteListIds: z.array(z.string().max(40)).max(1000),
});
export type DeviceChoice = z.infer<typeof deviceChoiceSchema>;

export const everythingOn: DeviceChoice = { isOn: true, offWhiteListIds: [] };

/** `POST /choice.json` of the agent's page: start or stop, or one white-list on or off. */
export const choiceChangeSchema = z.union([
  z.strictObject({ isOn: z.boolean() }),
  z.strictObject({ whiteListId: z.string().min(1).max(40), isOn: z.boolean() }),
]);
export type ChoiceChange = z.infer<typeof choiceChangeSchema>;

export function changedChoice(choice: DeviceChoice, change: ChoiceChange): DeviceChoice {
  if (!("whiteListId" in change)) return { ...choice, isOn: change.isOn };
  const others = choice.offWhiteListIds.filter((id) => id !== change.whiteListId);
  return { ...choice, offWhiteListIds: change.isOn ? others : [...others, change.whiteListId] };
}

/** The operator's policy with only the white-lists that the owner wants; what is left out goes direct. */
export function chosenPolicy(snapshot: PolicySnapshot, { isOn, offWhiteListIds }: DeviceChoice): PolicySnapshot {
  const off = new Set(offWhiteListIds);
  return { ...snapshot, whiteLists: isOn ? snapshot.whiteLists.filter(({ id }) => !off.has(id)) : [] };
}
