import type { PolicyEvent, PolicySnapshot } from "@/lib/contracts/policy";
import type { DatabaseEvent } from "@/lib/db/database-events";
import { listenToDatabase } from "@/lib/db/database-events";
import { AppError } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { currentPolicy } from "./current-policy";
import { FanOut } from "./fan-out";
import { processSingleton } from "./process-singleton";

/** Tells connected nodes and agents of every published policy, whichever process published it. */
export class PolicyHub {
  private readonly log = createLog("policy-hub");
  private readonly fan = new FanOut<PolicyEvent>();
  private snapshot: PolicySnapshot | null = null;
  private isFirstConnection = true;

  /** Stop listening to the database. */
  readonly close: () => void;

  constructor() {
    this.close = listenToDatabase({ onEvent: (event) => this.take(event), onConnected: () => this.catchUp() });
  }

  /**
   * The policy in force, and from here on every newer one.
   * Errors: AppError POLICY_MISSING before the first one is published.
   */
  async follow(listener: (event: PolicyEvent) => void): Promise<{ first: PolicyEvent; stop: () => void }> {
    await this.refresh();
    if (this.snapshot === null) throw new AppError("POLICY_MISSING", "No policy is published yet. Try again later.");
    return { first: { type: "snapshot", snapshot: this.snapshot }, stop: this.fan.listen(listener) };
  }

  private take(event: DatabaseEvent): void {
    if (event.type === "revoke") this.fan.send({ type: "revoke", deviceIds: event.deviceIds });
    else this.refreshLater();
  }

  /** While the database was away, revocations may have been missed: everybody asks anew. */
  private catchUp(): void {
    if (!this.isFirstConnection) this.fan.send({ type: "revoke", deviceIds: null });
    this.isFirstConnection = false;
    this.refreshLater();
  }

  private refreshLater(): void {
    this.refresh().catch((error: unknown) => this.log.error({ err: error }, "cannot read the policy"));
  }

  private async refresh(): Promise<void> {
    const snapshot = await currentPolicy();
    if (snapshot === null || snapshot.version <= (this.snapshot?.version ?? 0)) return;
    this.snapshot = snapshot;
    this.fan.send({ type: "snapshot", snapshot });
  }
}

/** The process's policy hub. */
export function policyHub(): PolicyHub {
  return processSingleton("policy-hub", () => new PolicyHub());
}
