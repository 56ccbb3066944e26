import type { AccessKind } from "../policy-input";

/** What of a service class steers a session, and what this machine can act with. */
export type SteeringSettings = {
  readonly steering: "aggregate" | "lte-share" | "wifi-first";
  /** At most this share of the bytes over LTE; heeded in `lte-share` only, where null means 0. */
  readonly lteSharePercent: number | null;
  /** LTE stays unused while WiFi alone reaches this; null means that only WiFi's own limit counts. */
  readonly wifiSufficientMbps: number | null;
  /** True: LTE subflows are paced. False: their backup flag is switched to and fro instead. */
  readonly canPace: boolean;
};

/** What all sessions of the subscriber get between the same two addresses. Units: ms of the readings' clock, bytes a second. */
export type LinkReading = {
  /** When bytes were last acknowledged there. */
  readonly progressMs: number;
  readonly bytesPerSecond: number;
  /** The highest of the last seconds. */
  readonly bestBytesPerSecond: number;
};

/** One subflow at one moment, as the sending side sees it. Bytes are payload since the subflow's start. */
export type SubflowReading = {
  /** Unique within the session, for the subflow's life. */
  readonly id: number;
  readonly access: AccessKind;
  readonly isEstablished: boolean;
  /** True where this side asked for the backup flag; the driver knows what it set. */
  readonly isBackup: boolean;
  /** Given to the network, retransmissions not counted. */
  readonly sentBytes: number;
  readonly ackedBytes: number;
  /** About; grows with what arrives out of order too, and so while a loss is repaired. */
  readonly deliveredBytes: number;
  readonly receivedBytes: number;
  /** Given to the subflow, and not to the network yet. */
  readonly notSentBytes: number;
  /** 0 where there was no sample yet. */
  readonly srttMs: number;
  readonly rttVarMs: number;
  /** Told once, of a path that has just begun: what may leave at once, by what the subscriber's last one delivered. */
  readonly startBytes: number | null;
  /** Of its link; null: not known. */
  readonly link: LinkReading | null;
};

/** One session at one moment. */
export type SteeringReading = {
  /** Of a clock that never steps. */
  readonly nowMs: number;
  /** How often sessions are read: less often, where there are many. */
  readonly everyMs: number;
  /** Bytes of the session that no subflow was given yet (SIOCOUTQNSD). */
  readonly unsentBytes: number;
  readonly subflows: readonly SubflowReading[];
  /** What `shareLteCap` gave this session; null without a cap. */
  readonly lteLimitBytesPerSecond: number | null;
  /** What the subscriber's other sessions get over WiFi: sufficiency is the subscriber's. */
  readonly otherWifiBytesPerSecond: number;
};

export type BackupCause =
  /** WiFi does what is asked for, or what is sufficient. */
  | "wifi-suffices"
  /** More is wanted than WiFi gives: LTE takes its share. */
  | "wifi-is-short"
  /** The share or cap is used up for the moment, or free again (without pacing only). */
  | "share-used"
  | "share-free"
  /** The class uses LTE only while WiFi is away. */
  | "wifi-first"
  /** The class uses both; or the other side sends, and steers. */
  | "both-paths";

/** What to do next, in this order. */
export type SteeringAction =
  | {
      readonly kind: "rate";
      readonly subflowId: number;
      /** Null lifts the limit. */
      readonly bytesPerSecond: number | null;
      /** Bound of what waits on the subflow, so that a lower rate acts soon; null lifts it. */
      readonly unsentLimitBytes: number | null;
      /** Bound of what is on its way, so that the network's queue stays short; null lifts it. */
      readonly inFlightLimitBytes: number | null;
      /** Congestion control shall find the path's rate anew: what it learned was a limit. */
      readonly isRestart: boolean;
      /** The window to begin with, where another than usual is known to fit. */
      readonly startBytes: number | null;
    }
  | { readonly kind: "backup"; readonly subflowId: number; readonly isBackup: boolean; readonly cause: BackupCause }
  /** Reset the subflow: what it has not delivered goes over the others. */
  | { readonly kind: "destroy"; readonly subflowId: number; readonly cause: DestroyCause };

export type DestroyCause =
  /** Nothing was acknowledged for too long while another path went on. */
  | "stalled"
  /** What waits on it would take seconds, and holds up what the other paths deliver. */
  | "too-slow";
