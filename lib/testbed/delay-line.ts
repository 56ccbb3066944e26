import type { TestbedStatus } from "@/lib/contracts/demo";

/** What a packet meets on its way in one direction, before the link's rate. */
export type DelaySettings = { oneWayMs: number; lossPercent: number };

/** Delay and loss of one access network, both directions alike. */
export interface DelayLine {
  readonly method: TestbedStatus["delayMethod"];
  /** In force for every packet from when this resolves; packets on their way keep their time. */
  apply(settings: DelaySettings): Promise<void>;
}
