import { bytesPerSecondOfKbps } from "@/lib/shared/units";
import type { SteeringClass } from "./steered-session";

/** What steering needs of a service class, as a policy has it. */
type ClassSettings = Omit<SteeringClass, "lteRateBytesPerSecond"> & { lteRateKbps: number | null };

/** A class that is not known is not steered but watched: a path that fails is left. */
const unknownClass: SteeringClass = {
  steering: "aggregate",
  lteSharePercent: null,
  wifiSufficientMbps: null,
  lteRateBytesPerSecond: null,
};

/** How sessions of this class are steered; null: the class is not known. */
export function steeringOf(serviceClass: ClassSettings | null): SteeringClass {
  if (serviceClass === null) return unknownClass;
  const { steering, lteSharePercent, wifiSufficientMbps, lteRateKbps } = serviceClass;
  const lteRateBytesPerSecond = lteRateKbps === null ? null : bytesPerSecondOfKbps(lteRateKbps);
  return { steering, lteSharePercent, wifiSufficientMbps, lteRateBytesPerSecond };
}
