import { readFile } from "node:fs/promises";
import * as z from "zod";
import {
  type NodeOrder,
  type NodeOrderState,
  type NodeSettings,
  nodeOrderSchema,
  noNodeSettings,
} from "@/lib/contracts/nodes";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { StateFile } from "@/lib/shared/state-file";

const keptSchema = z.object({ order: nodeOrderSchema, restarts: z.int().min(0) });
const maxFailure = 500;
const credentialRetryMs = 5000;

export type NodeOrdersOptions = {
  /** Kept across restarts, so that a node drains and listens as ordered while the portal is away. */
  stateFile: string;
  /** Put other settings in force; throws where that is not possible. */
  applySettings: (settings: NodeSettings) => void;
  /** Have another process take over; resolves when it has, and rejects with the reason where it could not. */
  restart: () => Promise<void>;
  /** Ask the portal for another credential and keep it. */
  changeCredential: () => Promise<void>;
  log: Log;
};

/** What the portal ordered of this node: carried out, kept on disk, and told how it went. */
export class NodeOrders {
  private order: NodeOrder | null = null;
  private restarts = 0;
  private isRestarting = false;
  private settingsFailure: string | null = null;
  private restartFailure: string | null = null;
  private credentialFailure: string | null = null;
  private isChangingCredential = false;
  private readonly file: StateFile;

  constructor(private readonly options: NodeOrdersOptions) {
    this.file = new StateFile(options.stateFile, () => ({ order: this.order, restarts: this.restarts }), options.log);
  }

  get isDraining(): boolean {
    return this.order?.isDraining ?? false;
  }

  get settings(): NodeSettings {
    return this.order?.settings ?? noNodeSettings;
  }

  /** What the portal is told. A restart counts once it was carried out, by the process that took over. */
  get state(): NodeOrderState {
    return {
      revision: this.order?.revision ?? 0,
      restarts: this.isRestarting ? this.restarts - 1 : this.restarts,
      failure: this.restartFailure ?? this.settingsFailure ?? this.credentialFailure,
    };
  }

  /** Take what the process before kept; its settings are the caller's to put in force. */
  async load(): Promise<void> {
    try {
      const kept = keptSchema.parse(JSON.parse(await readFile(this.options.stateFile, "utf8")));
      this.order = kept.order;
      this.restarts = kept.restarts;
    } catch (error) {
      this.options.log.debug({ reason: errorMessage(error) }, "no kept order");
    }
  }

  take(order: NodeOrder): void {
    const before = this.order;
    this.order = order;
    if (before?.isDraining !== order.isDraining && (before !== null || order.isDraining))
      this.options.log.info({ isDraining: order.isDraining }, order.isDraining ? "draining" : "serving again");
    this.applySettings();
    if (!order.isCredentialDue) this.credentialFailure = null;
    else if (!this.isChangingCredential) void this.changeCredential();
    const mustRestart = before !== null && order.restarts > this.restarts;
    this.restarts = order.restarts;
    if (mustRestart && !this.isRestarting) void this.restart();
    else this.file.saveSoon();
  }

  /** Put the settings in force, again where something stood in the way before. */
  applySettings(): void {
    const before = this.settingsFailure;
    try {
      this.options.applySettings(this.settings);
      this.settingsFailure = null;
    } catch (error) {
      this.settingsFailure = errorMessage(error).slice(0, maxFailure);
      if (before !== this.settingsFailure)
        this.options.log.error({ reason: this.settingsFailure }, "settings not in force");
    }
  }

  /** Write what is known now: the process that takes over reads it. */
  save(): Promise<void> {
    return this.file.save();
  }

  /** Another process keeps the order from here on. */
  handOver(): void {
    this.file.stop();
  }

  /** The order stands until the portal hears the new credential; what fails is tried again. */
  private async changeCredential(): Promise<void> {
    this.isChangingCredential = true;
    try {
      await this.options.changeCredential();
      this.credentialFailure = null;
      this.options.log.info("the portal gave another credential");
    } catch (error) {
      this.credentialFailure = errorMessage(error).slice(0, maxFailure);
      this.options.log.warn({ reason: this.credentialFailure }, "the credential stays as it is; tried again");
      setTimeout(() => {
        if (this.order?.isCredentialDue === true) void this.changeCredential();
      }, credentialRetryMs).unref();
      return;
    } finally {
      this.isChangingCredential = false;
    }
  }

  private async restart(): Promise<void> {
    this.isRestarting = true;
    this.restartFailure = null;
    await this.file.save();
    try {
      await this.options.restart();
    } catch (error) {
      this.restartFailure = errorMessage(error).slice(0, maxFailure);
      this.options.log.error({ reason: this.restartFailure }, "restart failed: this process serves on");
      this.isRestarting = false;
    }
  }
}
