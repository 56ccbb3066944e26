import type { Preset } from "./demo";

/** The presets every testbed knows. */
export const presets: readonly Preset[] = [
  {
    id: "city",
    name: "City",
    lte: { rateMbps: 75, rttMs: 40, lossPercent: 0 },
    wifi: { rateMbps: 150, rttMs: 15, lossPercent: 0 },
  },
  {
    id: "kt-2015",
    name: "KT 2015",
    lte: { rateMbps: 300, rttMs: 40, lossPercent: 0 },
    wifi: { rateMbps: 867, rttMs: 15, lossPercent: 0 },
  },
];
