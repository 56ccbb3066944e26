import type { PolicyEvent } from "@/lib/contracts/policy";
import { createLog } from "@/lib/shared/log";
import type { NodeActor } from "./actor";
import { connectNode } from "./connected-nodes";
import { findNodeOrder } from "./node-orders";
import { type HubEvent, policyHub } from "./policy-hub";
import { messageForNode } from "./policy-messages";
import { mainSnapshotFor, type PolicyState } from "./policy-state";

/** Sends an event; the number is the version of the node's main policy from then on. */
export type SendPolicyEvent = (event: PolicyEvent, version: number) => void;

const log = createLog("policy-stream");

/** One node's stream: what it has, and what it is sent next. */
class NodeFollower {
  private last: Promise<void> = Promise.resolve();
  private isFirst = true;
  private trialVersion: number | null = null;
  private orderRevision: number | null = null;

  constructor(
    private readonly node: NodeActor,
    private version: number | null,
    private readonly send: SendPolicyEvent,
  ) {}

  take(event: HubEvent): Promise<void> {
    this.last = this.last.then(async () => {
      if (event.type === "state") await this.show(event.state);
      else if (event.type === "revoke") this.send(event, this.version ?? 0);
      else if (event.nodeId === null || event.nodeId === this.node.id) await this.showOrder();
    });
    return this.last;
  }

  private async showOrder(): Promise<void> {
    const order = await findNodeOrder(this.node.id);
    if (order === null || order.revision === this.orderRevision) return;
    this.orderRevision = order.revision;
    this.send({ type: "order", order }, this.version ?? 0);
  }

  private async show(state: PolicyState): Promise<void> {
    const main = mainSnapshotFor(state, this.node.id);
    if (this.isFirst || main.version !== this.version)
      this.send(await messageForNode(this.version, main), main.version);
    this.version = main.version;
    const trial = state.trial?.scope.kind === "percent" ? state.trial : null;
    const trialVersion = trial?.snapshot.version ?? null;
    if (this.isFirst || trialVersion !== this.trialVersion) {
      const canary =
        trial?.scope.kind === "percent" ? { percent: trial.scope.percent, snapshot: trial.snapshot } : null;
      this.send({ type: "canary", canary }, main.version);
    }
    this.trialVersion = trialVersion;
    this.isFirst = false;
  }
}

type Following = {
  node: NodeActor;
  /** The version that the node says it has; null for none. */
  lastVersion: number | null;
  send: SendPolicyEvent;
  /** End the stream: the node connects anew and gets what it missed. */
  close: () => void;
};

/**
 * Send a node its order, its policy and the trial that it takes part in, then every change of them and every revocation.
 *
 * @returns stops sending
 * Errors: AppError POLICY_MISSING before the first policy is published.
 */
export async function followNodePolicy({ node, lastVersion, send, close }: Following): Promise<() => void> {
  const follower = new NodeFollower(node, lastVersion, send);
  const { state, stop } = await policyHub().follow((event) => {
    follower.take(event).catch((error: unknown) => {
      log.error({ err: error, node: node.id }, "cannot tell the node");
      close();
    });
  });
  const disconnect = connectNode(node.id);
  const end = (): void => {
    stop();
    disconnect();
  };
  try {
    await follower.take({ type: "node", nodeId: node.id });
    await follower.take({ type: "state", state });
  } catch (error) {
    end();
    throw error;
  }
  return end;
}
