import { Badge, type Tone } from "@/components/ui/badge";
import type { DemoRun } from "@/lib/contracts/live";

const states: Record<DemoRun["state"], { tone: Tone; text: string }> = {
  queued: { tone: "neutral", text: "Waits for the testbed" },
  running: { tone: "accent", text: "Running" },
  finished: { tone: "good", text: "Finished" },
  failed: { tone: "bad", text: "Failed" },
  cancelled: { tone: "warn", text: "Cancelled" },
};

/** How a whole run stands. */
export function RunStateBadge({ state }: { state: DemoRun["state"] }) {
  return <Badge tone={states[state].tone}>{states[state].text}</Badge>;
}
