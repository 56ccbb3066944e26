import type { DeviceCommand } from "@/lib/contracts/demo";
import type { Entitlement, PolicyEvent } from "@/lib/contracts/policy";
import { getDatabase } from "@/lib/db/client";
import { rankNodes } from "@/lib/policy";
import { createLog } from "@/lib/shared/log";
import { parseSocketAddress } from "@/lib/shared/socket-address";
import type { DeviceActor } from "./actor";
import { demoDevices } from "./demo-devices";
import { findEntitlement } from "./device-entitlement";
import type { SendPolicyEvent } from "./follow-node-policy";
import { type ListedNode, nodeDirectory } from "./node-directory";
import { noteDevicesSeen } from "./note-devices-seen";
import { type HubEvent, policyHub } from "./policy-hub";
import { messageForAgent } from "./policy-messages";
import { type PolicyState, snapshotForSubscriber } from "./policy-state";

/** A month may end while the stream is open: the class in force is looked up again this often, and the device was seen. */
const lookEveryMs = 60_000;

const log = createLog("policy-stream");

type Follower = {
  device: DeviceActor;
  send: SendPolicyEvent;
  /** Tell it of the proxy nodes, those of its region first; null: it did not ask. */
  nodesFor: { region: string | null } | null;
  /** Its owner allows demo runs: it is sent what the portal orders. */
  takesDemoRuns: boolean;
  /** Check the device's credential now, and end the stream where it does not hold. */
  recheck: () => void;
  /** End the stream: the device connects anew and gets what it missed. */
  close: () => void;
};

function entitlementMessage(entitlement: Entitlement): PolicyEvent {
  const { state, serviceClassId, isQuotaReached, extraWhiteListIds } = entitlement;
  return { type: "entitlement", state, serviceClassId, isQuotaReached, extraWhiteListIds };
}

function nodesMessage(nodes: readonly ListedNode[]): PolicyEvent {
  const told = nodes.flatMap(({ id, region, address: text, load, isDraining }) => {
    const place = parseSocketAddress(text);
    return place === null ? [] : [{ id, region, ...place, load, isDraining }];
  });
  return { type: "nodes", nodes: told };
}

const mainVersionOf = ({ inForce }: PolicyState): number => inForce.version;

/** One device's stream: what its subscriber has, and the lists it may use. */
class AgentFollower {
  private last: Promise<void> = Promise.resolve();
  private toldEntitlement = "";
  private toldPolicy: PolicyEvent | null = null;
  private toldNodes = "";

  constructor(
    private readonly follower: Follower,
    private state: PolicyState,
  ) {}

  take(event: HubEvent): void {
    if (event.type === "node") return;
    if (event.type === "state") this.state = event.state;
    else {
      if (event.deviceIds?.includes(this.follower.device.id) === false) return;
      this.follower.recheck();
    }
    this.showLater();
  }

  showLater(): void {
    this.show().catch((error: unknown) => {
      log.error({ err: error, device: this.follower.device.id }, "cannot tell the device");
      this.follower.close();
    });
  }

  show(): Promise<void> {
    const shown = this.last.then(() => this.showNow());
    this.last = shown.catch(() => undefined);
    return shown;
  }

  /** The device's order of the nodes, where it is another one than it was told. */
  showNodes(nodes: readonly ListedNode[]): void {
    const { device, nodesFor, send } = this.follower;
    if (nodesFor === null) return;
    const ranked = rankNodes(nodes, { deviceId: device.id, ...nodesFor });
    const event = nodesMessage(ranked);
    const text = JSON.stringify(event);
    if (text !== this.toldNodes) send(event, mainVersionOf(this.state));
    this.toldNodes = text;
  }

  order(command: DeviceCommand): void {
    this.follower.send({ type: "demo", command }, mainVersionOf(this.state));
  }

  private async showNow(): Promise<void> {
    const { device, send } = this.follower;
    const entitlement = await findEntitlement(device.id, null);
    if (entitlement === null) return;
    const snapshot = snapshotForSubscriber(this.state, entitlement.subscriberId);
    const told = entitlementMessage(entitlement);
    if (JSON.stringify(told) !== this.toldEntitlement) send(told, snapshot.version);
    this.toldEntitlement = JSON.stringify(told);
    const policy = messageForAgent(snapshot, entitlement.extraWhiteListIds);
    if (policy !== this.toldPolicy) send(policy, snapshot.version);
    this.toldPolicy = policy;
  }
}

/**
 * Send a device what its subscriber has and the policy it needs, then every change of them.
 *
 * @returns stops sending
 * Errors: AppError POLICY_MISSING before the first policy is published.
 */
export async function followAgentPolicy(follower: Follower): Promise<() => void> {
  let agent: AgentFollower | null = null;
  const { state, stop } = await policyHub().follow((event) => agent?.take(event));
  agent = new AgentFollower(follower, state);
  const timer = setInterval(() => {
    agent?.showLater();
    noteDevicesSeen(getDatabase(), [follower.device.id]).catch((error: unknown) =>
      log.warn({ err: error }, "cannot keep when a device was seen"),
    );
  }, lookEveryMs);
  let stopNodes = (): void => {};
  let stopOrders = (): void => {};
  const end = (): void => {
    stop();
    stopOrders();
    stopNodes();
    clearInterval(timer);
  };
  try {
    await agent.show();
    if (follower.nodesFor !== null) {
      const directory = await nodeDirectory().follow((nodes) => agent?.showNodes(nodes));
      stopNodes = directory.stop;
      agent.showNodes(directory.nodes);
    }
    const { device, takesDemoRuns } = follower;
    if (takesDemoRuns) stopOrders = demoDevices().connect(device.id, (command) => agent?.order(command));
    await noteDevicesSeen(getDatabase(), [device.id]);
  } catch (error) {
    end();
    throw error;
  }
  return end;
}
