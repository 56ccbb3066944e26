import type { PolicyEvent } from "@/lib/contracts/policy";
import type { DatabaseEvent } from "@/lib/db/database-events";
import { listenToDatabase } from "@/lib/db/database-events";
import { AppError } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { CanaryWatch } from "./canary-watch";
import { FanOut } from "./fan-out";
import { liveHub } from "./live-hub";
import { showNodeOrders } from "./node-orders";
import { findPolicyState, type PolicyState } from "./policy-state";
import { processSingleton } from "./process-singleton";

const retryMs = 1000;

/**
 * `state`: another policy is in force or on trial. `node`: that one (null: each) may have another order. `revoke`: as in
 * the policy stream.
 */
export type HubEvent =
  | { type: "state"; state: PolicyState }
  | { type: "node"; nodeId: string | null }
  | Extract<PolicyEvent, { type: "revoke" }>;

function versionsOf(state: PolicyState | null): string {
  return `${state?.inForce.version} ${state?.trial?.snapshot.version}`;
}

/**
 * Tells followers of every published policy and every revocation, whichever process made it, in the order in which
 * they were committed.
 */
export class PolicyHub {
  private readonly log = createLog("policy-hub");
  private readonly fan = new FanOut<HubEvent>();
  private readonly canaryWatch = new CanaryWatch();
  private readonly stopListening: () => void;
  private readonly listening: Promise<void>;
  private state: PolicyState | null = null;
  private isFirstConnection = true;
  private isClosed = false;
  private last: Promise<void> = Promise.resolve();

  constructor() {
    let began = (): void => {};
    this.listening = new Promise((done) => {
      began = done;
    });
    this.stopListening = listenToDatabase({
      onEvent: (event) => this.take(event),
      onConnected: () => {
        this.catchUp();
        began();
      },
    });
  }

  /** Stop listening to the database. */
  close(): void {
    this.isClosed = true;
    this.stopListening();
    this.canaryWatch.close();
  }

  /**
   * What is in force and on trial, and from here on every change: it waits until the database tells of changes.
   * Errors: AppError POLICY_MISSING before the first policy is published.
   */
  async follow(listener: (event: HubEvent) => void): Promise<{ state: PolicyState; stop: () => void }> {
    await this.inOrder(() => this.refresh());
    if (this.state === null) throw new AppError("POLICY_MISSING", "No policy is published yet. Try again later.");
    await this.listening;
    return { state: this.state, stop: this.fan.listen(listener) };
  }

  private take(event: DatabaseEvent): void {
    this.inOrder(async () => {
      if (event.type === "revoke") this.fan.send({ type: "revoke", deviceIds: event.deviceIds });
      else if (event.type === "node") await this.tellOrder(event.nodeId);
      else await this.refresh();
    }).catch((error: unknown) => {
      this.log.error({ err: error }, "cannot read the policy: trying again");
      setTimeout(() => this.isClosed || this.take(event), retryMs).unref();
    });
  }

  /** While the database was away, revocations may have been missed: everybody asks anew. */
  private catchUp(): void {
    if (!this.isFirstConnection) {
      this.take({ type: "revoke", deviceIds: null });
      void this.inOrder(() => this.tellOrder(null)).catch(() => undefined);
    }
    this.isFirstConnection = false;
    this.take({ type: "policy", version: 0 });
  }

  /** That node (null: each) may have another order: its stream and the live pages are told. */
  private async tellOrder(nodeId: string | null): Promise<void> {
    this.fan.send({ type: "node", nodeId });
    (await liveHub()).setOrders(await showNodeOrders(nodeId));
  }

  private inOrder(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  private async refresh(): Promise<void> {
    const state = await findPolicyState();
    if (state === null || versionsOf(state) === versionsOf(this.state)) return;
    this.state = state;
    this.canaryWatch.watch(state.trial);
    this.fan.send({ type: "state", state });
  }
}

/** The process's policy hub. */
export function policyHub(): PolicyHub {
  return processSingleton("policy-hub", () => new PolicyHub());
}
