import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { DeviceCommand } from "@/lib/contracts/demo";
import {
  type AgentNode,
  agentNodeSchema,
  entitlementSchema,
  type PolicyEvent,
  type PolicySnapshot,
  policyEventSchema,
  policySnapshotSchema,
  type ServiceClass,
} from "@/lib/contracts/policy";
import { type CompiledPolicy, compilePolicy, shouldUseProxy } from "@/lib/policy";
import { errorMessage } from "@/lib/shared/errors";
import { followEventStream } from "@/lib/shared/event-stream";
import type { Log } from "@/lib/shared/log";
import { StateFile } from "@/lib/shared/state-file";
import {
  type ChoiceChange,
  changedChoice,
  chosenPolicy,
  type DeviceChoice,
  deviceChoiceSchema,
  everythingOn,
} from "./device-choice";

/** What this device's subscriber has, as the portal last said. */
const standingSchema = entitlementSchema.pick({
  state: true,
  serviceClassId: true,
  isQuotaReached: true,
  extraWhiteListIds: true,
});
export type AgentStanding = z.infer<typeof standingSchema>;

const keptSchema = z.object({
  deviceId: z.string(),
  snapshot: policySnapshotSchema.nullable(),
  standing: standingSchema.nullable(),
  choice: deviceChoiceSchema.default(everythingOn),
  nodes: z.array(agentNodeSchema).default([]),
});

export type AgentPolicyOptions = {
  portalUrl: string;
  deviceId: string;
  secret: string;
  /** Where the device is, as the portal's nodes name it. */
  region?: string | null;
  /** Where policy and standing are kept, so that the agent works before the portal answers; absent: nowhere. */
  stateFolder?: string;
  /** Takes what the portal says of demo runs; absent: the owner allows none, and nothing is sent. */
  onDemo?: (command: DeviceCommand) => void;
  log: Log;
};

/** Between two questions to a portal that does not know this device: only its enrolment anew changes that. */
const deniedRetryMs = 60_000;

/**
 * The white-lists in force on this device and the standing of its subscriber, followed from the portal and kept on
 * disk. A policy that cannot be compiled leaves the one before in force.
 */
export class AgentPolicy {
  /** Null until the first snapshot; of its white-lists only those that the owner wants. */
  current: CompiledPolicy<ServiceClass> | null = null;
  /** Null until the portal said it, also where an older portal never does. */
  standing: AgentStanding | null = null;
  /** What the owner of the device wants of it. */
  choice: DeviceChoice = everythingOn;
  /** The portal's order of the proxy nodes; empty where it names none. */
  nodes: readonly AgentNode[] = [];
  /** Whether the portal's stream is open now. */
  isConnected = false;
  /** False once the portal answered that it does not know this device, until it does. */
  isEnrolled = true;
  /** Resolves once the portal has said what is in force now; until then only what was kept is known. */
  readonly confirmed: Promise<void>;
  private confirm: () => void = () => {};
  private extraIds: ReadonlySet<string> = new Set();
  private inForce: PolicySnapshot | null = null;
  private readonly listeners = new Set<() => void>();
  private readonly stateFile: StateFile | null;
  private readonly stopStream: () => Promise<void>;

  constructor(private readonly options: AgentPolicyOptions) {
    const { portalUrl, deviceId, secret, region = null, stateFolder, onDemo, log } = options;
    this.confirmed = new Promise((resolve) => {
      this.confirm = resolve;
    });
    const path = stateFolder === undefined ? null : join(stateFolder, "agent-policy.json");
    if (path !== null) this.load(path);
    this.stateFile = path === null ? null : new StateFile(path, () => this.kept(), log);
    const query = {
      nodes: "1",
      ...(region === null ? {} : { region }),
      ...(onDemo === undefined ? {} : { demo: "1" }),
    };
    this.stopStream = followEventStream({
      url: `${portalUrl}/api/agents/policy?${new URLSearchParams(query)}`,
      headers: () => ({ authorization: `Bearer ${deviceId}.${secret}` }),
      onEvent: (event) => this.handle(policyEventSchema.parse(JSON.parse(event.data))),
      onState: (isConnected, reason, code) => {
        this.isConnected = isConnected;
        log.info({ isConnected, reason }, "policy stream");
        this.noteEnrolled(isConnected, code === "STREAM_DENIED");
        this.tell();
      },
      deniedRetryMs,
    });
  }

  /** The policy in force as it was published; null before the first one. */
  get snapshot(): PolicySnapshot | null {
    return this.inForce;
  }

  /** Whether the proxy serves this device at all: its subscriber is not suspended, and the portal knows it. */
  get isServed(): boolean {
    return this.isEnrolled && this.standing?.state !== "suspended";
  }

  /** 0 before the first policy. */
  get version(): number {
    return this.current?.version ?? 0;
  }

  /** The settings of the class in force; null while class or policy are unknown. */
  serviceClass(): ServiceClass | null {
    return this.current?.serviceClasses.get(this.standing?.serviceClassId ?? "") ?? null;
  }

  /** White-lists with audience `extra` that this device's subscriber has. */
  extraWhiteListIds(): ReadonlySet<string> {
    return this.extraIds;
  }

  /**
   * Whether the destination goes through the operator's proxy: a white-list of this device names it. Traffic of a
   * device that is not served goes the normal way, for the proxy would refuse it.
   *
   * @param target `host` normalised, as for `decideHost`
   */
  usesProxy(target: { host: string; port: number }): boolean {
    if (this.current === null || !this.isServed) return false;
    return shouldUseProxy(this.current, target, this.extraIds);
  }

  /** The owner chose: new connections go by it at once, those that run go on. */
  choose(change: ChoiceChange): void {
    this.choice = changedChoice(this.choice, change);
    if (this.inForce !== null) this.use(this.inForce);
    this.options.log.info({ choice: this.choice }, "the owner's choice");
    this.stateFile?.saveSoon();
    this.tell();
  }

  /** Called after each change of policy, choice, standing or connection; returns the unsubscribe function. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    await this.stopStream();
    await this.stateFile?.save();
  }

  private noteEnrolled(isConnected: boolean, isDenied: boolean): void {
    const wasEnrolled = this.isEnrolled;
    this.isEnrolled = isConnected || (wasEnrolled && !isDenied);
    if (wasEnrolled && !this.isEnrolled)
      this.options.log.warn("the portal knows this device no more: all goes direct until it is enrolled anew (--code)");
  }

  private handle(event: PolicyEvent): void {
    if (event.type === "demo") this.options.onDemo?.(event.command);
    if (event.type === "snapshot") this.take(event.snapshot);
    else if (event.type === "entitlement") this.stand(standingSchema.parse(event));
    else if (event.type === "nodes") this.nodes = event.nodes;
    else return;
    this.stateFile?.saveSoon();
    this.tell();
    if (event.type === "snapshot") this.confirm();
  }

  private take(snapshot: PolicySnapshot): void {
    const { log } = this.options;
    const { version } = snapshot;
    try {
      this.use(snapshot);
      log.info({ version }, "white-lists in force");
    } catch (error) {
      log.error({ version, reason: errorMessage(error) }, "white-lists unfit: those before stay in force");
    }
  }

  private use(snapshot: PolicySnapshot): void {
    this.current = compilePolicy(chosenPolicy(snapshot, this.choice));
    this.inForce = snapshot;
  }

  private stand(standing: AgentStanding): void {
    const { state, serviceClassId, isQuotaReached } = standing;
    this.standing = standing;
    this.extraIds = new Set(standing.extraWhiteListIds);
    this.options.log.info({ state, serviceClassId, isQuotaReached }, "standing");
  }

  private load(path: string): void {
    try {
      const kept = keptSchema.parse(JSON.parse(readFileSync(path, "utf8")));
      if (kept.deviceId !== this.options.deviceId) return;
      this.choice = kept.choice;
      this.nodes = kept.nodes;
      if (kept.snapshot !== null) this.use(kept.snapshot);
      if (kept.standing !== null) this.stand(kept.standing);
    } catch (error) {
      this.options.log.debug({ reason: errorMessage(error) }, "no kept policy");
    }
  }

  private kept(): z.infer<typeof keptSchema> {
    const { inForce: snapshot, standing, choice, nodes } = this;
    return { deviceId: this.options.deviceId, snapshot, standing, choice, nodes: [...nodes] };
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
