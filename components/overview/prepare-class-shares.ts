import type { SteeringMode } from "@/lib/contracts/policy";
import type { DraftServiceClass } from "@/lib/contracts/policy-admin";

export type ClassShare = {
  id: string;
  name: string;
  steering: SteeringMode;
  /** Per cent; null unless the class shares LTE. */
  targetPercent: number | null;
  /** Per cent; null without traffic. */
  achievedPercent: number | null;
};

/** The classes as they are in force, whatever the draft has of them. */
export function prepareClassShares(classes: readonly DraftServiceClass[]): ClassShare[] {
  return classes.flatMap(({ inForce, achievedLteSharePercent }) =>
    inForce === null
      ? []
      : [
          {
            id: inForce.id,
            name: inForce.name,
            steering: inForce.steering,
            targetPercent: inForce.steering === "lte-share" ? inForce.lteSharePercent : null,
            achievedPercent: achievedLteSharePercent,
          },
        ],
  );
}
