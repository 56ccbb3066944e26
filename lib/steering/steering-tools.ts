import { mptcp } from "@/lib/mptcp";
import type { PathManager, SubflowPacer } from "@/lib/mptcp/face";
import { readEnv } from "@/lib/shared/env";
import { errorMessage } from "@/lib/shared/errors";

/** What this machine can steer with; null with a reason where it cannot. */
export type SteeringTools = {
  pathManager: PathManager | null;
  pathReason: string | null;
  pacer: SubflowPacer | null;
  pacingReason: string | null;
  /** Give them back, and the kernel its path manager: unless another process leads it in this namespace. */
  close(isLedByOther?: boolean): void;
};

type Opened<T> = { tool: T; reason: null } | { tool: null; reason: string };

function attempt<T>(open: () => T): Opened<T> {
  try {
    return { tool: open(), reason: null };
  } catch (error) {
    return { tool: null, reason: errorMessage(error) };
  }
}

/** Single subflows obey only where the path manager of their namespace is in user space, from their connection's start. */
function takeCharge(): PathManager {
  const pathManager = mptcp.openPathManager();
  try {
    pathManager.onEvent(() => {}, []);
    pathManager.setKind("userspace");
    return pathManager;
  } catch (error) {
    pathManager.close();
    throw error;
  }
}

/** Whether single paths can be paced, and why not: also where the operator has switched it off. */
export function pacingSupport(): { hasPacing: boolean; reason: string | null } {
  if (readEnv("TWINPATH_PACING") === "off")
    return { hasPacing: false, reason: "TWINPATH_PACING is off: shares are held by switching the backup flag." };
  return mptcp.probePacing();
}

const switchedOff = "TWINPATH_STEERING is off.";

/** Whether the operator wants paths left to the kernel. */
export function isSteeringOff(): boolean {
  return readEnv("TWINPATH_STEERING") === "off";
}

/** Take charge of this namespace's paths: call it before the listener opens. Never throws for what is missing. */
export function openSteeringTools(): SteeringTools {
  if (isSteeringOff())
    return { pathManager: null, pathReason: switchedOff, pacer: null, pacingReason: switchedOff, close: () => {} };
  const paths = attempt(takeCharge);
  const support = pacingSupport();
  const pacing: Opened<SubflowPacer> = support.hasPacing
    ? attempt(() => mptcp.openPacer())
    : { tool: null, reason: support.reason ?? "Subflows cannot be paced here." };
  return {
    pathManager: paths.tool,
    pathReason: paths.reason,
    pacer: pacing.tool,
    pacingReason: pacing.reason,
    close: (isLedByOther = false) => {
      pacing.tool?.close();
      if (!isLedByOther) attempt(() => paths.tool?.setKind("kernel"));
      paths.tool?.close();
    },
  };
}
