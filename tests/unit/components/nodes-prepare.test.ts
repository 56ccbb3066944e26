import { describe, expect, it } from "vitest";
import { isOrderTaken, nodeFeatures, nodeState, stateText } from "@/components/nodes/prepare-node";
import {
  inForceText,
  nodeSettings,
  readSettingsForm,
  toSettingsForm,
  waitingSettings,
} from "@/components/nodes/prepare-node-settings";
import type { LiveNode } from "@/lib/contracts/live";
import { type NodeSettingsInForce, noNodeSettings, type ShownNodeOrder } from "@/lib/contracts/nodes";
import type { NodeStatus } from "@/lib/contracts/telemetry";
import { telemetryBatch } from "../../factories/telemetry";
import { english } from "../../factories/words";

const inForce: NodeSettingsInForce = {
  listenAddress: "0.0.0.0",
  listenPort: 1080,
  maxConnections: 20_000,
  handshakeTimeoutSeconds: 10,
  idleTimeoutSeconds: 3600,
  threads: 2,
  drainDeadlineSeconds: 3600,
};
const status: NodeStatus = { ...telemetryBatch({ sequence: 1 }).node, settings: inForce };
const order: ShownNodeOrder = {
  isCredentialDue: false,
  profile: { name: "Node", region: null, address: null },
  hasJoined: false,
  profileEtag: "1",
  isRevoked: false,
  credentialChangedAt: null,
  revision: 0,
  isDraining: false,
  restarts: 0,
  settings: noNodeSettings,
  drainNote: null,
  restartNote: null,
  settingsNote: null,
};
const node = (changes: Partial<LiveNode> = {}): LiveNode => ({
  id: "local",
  name: "Local proxy",
  kind: "proxy",
  health: "up",
  lastSeenAt: null,
  starts: 1,
  status,
  retiring: [],
  order,
  rate: null,
  ...changes,
});

describe("the state of a node", () => {
  it.each<[string, Partial<LiveNode>]>([
    ["Up", {}],
    ["Down", { health: "down" }],
    ["Draining, 1 session left", { status: { ...status, state: "draining", sessions: 1 } }],
    ["Draining, 1,200 sessions left", { status: { ...status, state: "draining", sessions: 1200 } }],
    [
      "Draining, 3 sessions left",
      { status: { ...status, state: "draining" }, retiring: [{ ...status, state: "retiring", sessions: 3 }] },
    ],
    ["Drained", { status: { ...status, state: "draining" } }],
    ["Restarting", { order: { ...order, restarts: 1 } }],
    ["Down", { health: "down", order: { ...order, restarts: 1 } }],
    ["Up", { order: { ...order, restarts: 1 }, status: { ...status, order: { ...status.order, restarts: 1 } } }],
  ])("is %s", (text, changes) => {
    expect(stateText(english, node(changes))).toBe(text);
  });

  it("is not draining before the node says so, and the order counts as taken then", () => {
    const asked = { ...order, revision: 3, isDraining: true };
    expect(nodeState(node({ order: asked }))).toBe("up");
    expect(isOrderTaken(node({ order: asked }))).toBe(false);
    const taken = { ...status, order: { ...status.order, revision: 3 } };
    expect(isOrderTaken(node({ order: asked, status: taken }))).toBe(true);
  });

  it("names what the kernel gives, and why not", () => {
    const poor = { ...status, hasMptcp: false, mptcpReason: "No MPTCP here.", pacingReason: "No BPF here." };
    expect(nodeFeatures(english, node({ status: poor }))).toEqual([
      { name: "MPTCP", isThere: false, reason: "No MPTCP here." },
      { name: "Path steering", isThere: false, reason: null },
      { name: "Path pacing", isThere: false, reason: "No BPF here." },
    ]);
    expect(nodeFeatures(english, node()).every(({ isThere }) => isThere)).toBe(true);
  });
});

describe("the settings form", () => {
  it("gives back what it was made of", () => {
    const settings = { ...noNodeSettings, listenAddress: "::", maxConnections: 500, drainDeadlineSeconds: 0 };
    expect(readSettingsForm(english, toSettingsForm(settings))).toEqual({ settings, errors: null });
    expect(toSettingsForm(noNodeSettings)).toEqual(
      Object.fromEntries(nodeSettings(english).map(({ key }) => [key, ""])),
    );
  });

  it("says of each field what is wrong with it", () => {
    const form = { ...toSettingsForm(noNodeSettings), listenAddress: "proxy.example", listenPort: "0", threads: "two" };
    const { settings, errors } = readSettingsForm(english, form);
    expect(settings).toBeNull();
    expect(Object.keys(errors ?? {}).sort()).toEqual(["listenAddress", "listenPort", "threads"]);
    expect(errors?.threads).toContain("1 to 64");
  });

  it("shows what is in force and what waits", () => {
    const waiting = { ...order, settings: { ...noNodeSettings, threads: 4, listenPort: 1080, idleTimeoutSeconds: 60 } };
    const textOf = (key: string) => {
      const setting = nodeSettings(english).find((entry) => entry.key === key);
      return setting === undefined ? "" : inForceText(english, node({ order: waiting }), setting);
    };
    expect(textOf("listenPort")).toBe("In force: 1080");
    expect(textOf("maxConnections")).toBe("In force: 20000");
    expect(textOf("threads")).toBe("In force: 2; 4 waits for a restart");
    expect(textOf("idleTimeoutSeconds")).toBe("In force: 3600 s; 60 waits for the node");
    expect(waitingSettings(english, node({ order: waiting }))).toEqual(["Idle time-out", "Relay threads"]);
  });
});
