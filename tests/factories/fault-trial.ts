import type { AccessLinkId, LinkFault } from "@/lib/contracts/demo";
import { sleep } from "@/lib/shared/sleep";
import { goodputMbps, longestGapMs } from "./flow-figures";
import type { Direction, FlowProgram } from "./flow-program";
import type { PathCounters } from "./path-counters";
import type { SteeringNet } from "./steering-net";

const warmUpMs = 3000;
const faultMs = 5000;
const afterMs = 4000;
/** More than a link at 1 Mbit/s carries in a second, and less than the slowest healthy one does in 100 ms. */
const usedBytes = 400_000;

export type Trial = {
  /** Longest time without a byte at the receiving program: from the fault on, and in the second before it. */
  gapMs: number;
  calmGapMs: number;
  /** What it got from 1.5 to 4.5 s after the fault. */
  laterMbps: number;
  /** From the end of the fault until the path carried data again; null: not while this was watched. */
  recoveryMs: number | null;
};

/** One stream that lives through a fault of a link and its end. */
export async function tryFault(
  { net, flows, counters }: { net: SteeringNet; flows: FlowProgram; counters: PathCounters },
  {
    access,
    fault,
    direction,
    way,
  }: { access: AccessLinkId; fault: LinkFault; direction: Direction; way: "agent" | "mptcp" },
): Promise<Trial> {
  const flow = flows.begin({ direction, way, seconds: (warmUpMs + faultMs + afterMs) / 1000 });
  let clearedAtMs = Number.NaN;
  let faultAtMs = Number.NaN;
  try {
    await sleep(warmUpMs);
    faultAtMs = await net.setFault(access, fault);
    await sleep(faultMs);
  } finally {
    clearedAtMs = await net.setFault(access, "none");
  }
  await sleep(afterMs - 500);
  const recoveredAtMs = counters.whenCarried(access, direction, clearedAtMs, usedBytes);
  const [result] = await flow.finished;
  if (result === undefined) throw new Error("the stream has no result");
  const at = faultAtMs - result.startedMs;
  return {
    gapMs: longestGapMs(result, at - 100, at + faultMs),
    calmGapMs: longestGapMs(result, at - 1000, at - 100),
    laterMbps: goodputMbps(result, at + 1500, at + 4500),
    recoveryMs: recoveredAtMs === null ? null : recoveredAtMs - clearedAtMs,
  };
}
