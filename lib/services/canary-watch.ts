import type { PublishScope } from "@/lib/contracts/policy-admin";
import { getDatabase } from "@/lib/db/client";
import { createLog } from "@/lib/shared/log";
import { isNodeConnected } from "./connected-nodes";
import type { PolicyTrial } from "./policy-state";
import { revertFailedCanary } from "./revert-canary";

const defaultAnswerMs = 15_000;
const lookEveryMs = 1000;

/** Whether a trial comes to this node. */
export function isInScope(scope: PublishScope, nodeId: string): boolean {
  return scope.kind !== "nodes" || scope.nodeIds.includes(nodeId);
}

type SilentNode = { id: string; name: string };

async function findSilentNodes({ scope, snapshot }: PolicyTrial): Promise<SilentNode[]> {
  const { version } = snapshot;
  const nodes = await getDatabase().node.findMany({
    where: { kind: "proxy", revokedAt: null, acks: { none: { version } } },
    select: { id: true, name: true, lastSeenAt: true },
  });
  return nodes.filter((node) => isInScope(scope, node.id) && isNodeConnected(node));
}

/**
 * Ends a trial that nodes do not answer. Every portal process watches, from its start on; the first one to see it ends
 * the trial, for the others it is over then.
 */
export class CanaryWatch {
  private readonly log = createLog("canary-watch");
  private trial: PolicyTrial | null = null;
  private timer: NodeJS.Timeout | null = null;
  /** By node, since when it is seen connected and silent. */
  private silentSince = new Map<string, number>();
  private isLooking = false;

  /** @param answerMs a connected node that has not answered for so long ends the trial */
  constructor(private readonly answerMs = defaultAnswerMs) {}

  /** The trial that is on, null once it has ended. */
  watch(trial: PolicyTrial | null): void {
    if (trial?.snapshot.version === this.trial?.snapshot.version) return;
    this.close();
    this.trial = trial;
    if (trial === null) return;
    this.timer = setInterval(() => this.lookOnce(), Math.min(lookEveryMs, this.answerMs / 5));
    this.timer.unref();
    this.lookOnce();
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.trial = null;
    this.silentSince = new Map();
  }

  private lookOnce(): void {
    if (this.isLooking) return;
    this.isLooking = true;
    this.look()
      .catch((error: unknown) => this.log.warn({ err: error }, "cannot look after the trial"))
      .finally(() => {
        this.isLooking = false;
      });
  }

  private async look(): Promise<void> {
    const { trial } = this;
    if (trial === null) return;
    const silent = await findSilentNodes(trial);
    if (this.trial !== trial) return;
    const now = Date.now();
    this.silentSince = new Map(silent.map(({ id }) => [id, this.silentSince.get(id) ?? now]));
    const overdue = silent.find(({ id }) => now - (this.silentSince.get(id) ?? now) >= this.answerMs);
    if (overdue === undefined) return;
    const { version } = trial.snapshot;
    this.log.warn({ version, node: overdue.id }, "a node does not answer: the trial ends");
    await revertFailedCanary({ version, reason: `${overdue.name} did not answer for ${this.answerMs / 1000} s.` });
  }
}
