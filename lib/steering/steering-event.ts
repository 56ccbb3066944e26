import type { BackupCause, DestroyCause } from "@/lib/policy";
import type { AccessKind } from "@/lib/policy/policy-input";

/** Why a path came, went or changed, as a code. */
export type PathCause =
  | BackupCause
  | DestroyCause
  /** The connection began on it; the device joined it; it is there again after a stall, or after it went away. */
  | "connected"
  | "device-joined"
  | "stall-over"
  | "address-back"
  /** The device prefers other paths, or no longer does. */
  | "device-asked"
  | "address-withdrawn"
  | "link-down"
  | "link-timeout"
  | "peer-reset"
  | "peer-closed"
  | "options-stripped"
  | "session-ended";

/** Something that happened to a path of a steered session. */
export type SteeringEvent = {
  /** Milliseconds since 1970. */
  atMs: number;
  /** The kernel's subflow id; null: about the session as a whole. */
  subflowId: number | null;
  access: AccessKind | null;
  kind: "joined" | "priority-changed" | "stalled" | "moved" | "recovered" | "closed" | "fallback";
  cause: PathCause;
  actor: "policy" | "kernel" | "agent" | "proxy";
};
