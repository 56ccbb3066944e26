import type { Access } from "@/lib/contracts/access";
import type { PathEvent, Transport } from "@/lib/contracts/telemetry";
import type { Said } from "@/lib/shared/said";

/** A path of a session, as the last report has it. */
export type PathFacts = { access: Access; bytes: number; isOpen: boolean };

/** A session of the last hour. */
export type SessionFacts = {
  destination: string;
  transport: Transport;
  isRunning: boolean;
  paths: readonly PathFacts[];
  /** Oldest first. */
  events: readonly Pick<PathEvent, "kind" | "cause" | "access">[];
  nodeName: string;
  isNodeDraining: boolean;
};

/** All that the verdict rests on. */
export type VerdictFacts = {
  subscriber: { state: "active" | "suspended"; isQuotaReached: boolean };
  /** The class in force; null where the policy has no such class. */
  serviceClass: {
    name: string;
    steering: "aggregate" | "lte-share" | "wifi-first";
    lteSharePercent: number | null;
    totalRateKbps: number | null;
  } | null;
  /** Not revoked; how long ago each was heard of, null: never. */
  deviceSilencesMs: readonly (number | null)[];
  /** Newest first. */
  sessions: readonly SessionFacts[];
  /** Whether any of the subscriber's newest sessions spoke MPTCP: the device can, then. */
  hasSpokenMptcp: boolean;
  /** Payload over all paths, the busier direction, over the last seconds; null where nothing was reported. */
  bitsPerSecond: number | null;
  /** Null where nobody asked about one. */
  destination: { text: string; isThroughProxy: boolean; said: Said } | null;
};
