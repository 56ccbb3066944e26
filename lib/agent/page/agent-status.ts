import type { EngineStats, MptcpSupport } from "@/lib/mptcp/face";
import type { AgentOptions } from "../agent-options";
import type { AgentPolicy } from "../agent-policy";
import type { DailyUse, DayUse } from "../daily-use";
import type { DevicePaths } from "../paths/device-paths";
import type { PathStatus } from "../paths/path-health";
import type { ProxyNodes } from "../proxy-nodes";
import type { ProxyReach, ProxyState } from "../proxy-state";
import type { DestinationTraffic, LinkTraffic, Traffic } from "../traffic";
import type { TransparentCapture } from "../transparent/transparent-capture";
import type { WifiAutomation, WifiAutomationStatus } from "../wifi-automation";

/** What the agent's page shows; `GET /status.json`. Times are milliseconds since 1970. */
export type AgentStatus = {
  at: number;
  device: { id: string; state: "active" | "suspended" | "not-enrolled" | "unknown"; isQuotaReached: boolean };
  /** Whether the owner has it run; stopped, everything goes direct. */
  isOn: boolean;
  serviceClass: { id: string; name: string; steering: string } | null;
  portal: { url: string; isConnected: boolean };
  policy: { version: number; publishedAt: string } | null;
  proxy: ProxyReach & { address: string; port: number };
  mptcp: { isOn: boolean; reason: string | null };
  capture: { isOn: boolean; knownAddresses: number };
  links: (LinkTraffic & PathStatus)[];
  /** Null where WiFi is left as it is. */
  wifiAutomation: WifiAutomationStatus | null;
  connections: { open: number; sinceStart: number; uploadBytes: number; downloadBytes: number };
  today: DayUse;
  /** `isOn`: the owner wants it; without it its destinations go direct. */
  whiteLists: {
    id: string;
    name: string;
    isOn: boolean;
    ruleCount: number;
    rules: { kind: string; value: string; ports: string }[];
  }[];
  destinations: DestinationTraffic[];
};

export type StatusParts = {
  options: AgentOptions;
  policy: AgentPolicy;
  nodes: ProxyNodes;
  traffic: Traffic;
  use: DailyUse;
  proxyState: ProxyState;
  support: MptcpSupport;
  stats: EngineStats;
  capture: TransparentCapture | null;
  paths: DevicePaths;
  wifi: WifiAutomation | null;
};

/** Longer lists are shown by their first rules and their number. */
const shownRules = 50;
const shownDestinations = 30;

function portsText(ports: readonly { from: number; to: number }[]): string {
  return ports.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
}

function shownWhiteLists(policy: AgentPolicy): AgentStatus["whiteLists"] {
  const extraIds = policy.extraWhiteListIds();
  const own = policy.snapshot?.whiteLists.filter(({ id, audience }) => audience === "everyone" || extraIds.has(id));
  const off = new Set(policy.choice.offWhiteListIds);
  return (own ?? []).map(({ id, name, rules }) => ({
    id,
    name,
    isOn: !off.has(id),
    ruleCount: rules.length,
    rules: rules.slice(0, shownRules).map(({ kind, value, ports }) => ({ kind, value, ports: portsText(ports) })),
  }));
}

function shownLinks(traffic: Traffic, paths: DevicePaths): AgentStatus["links"] {
  const totals = traffic.links();
  return paths.status().flatMap((path, index) => {
    const link = totals[index];
    return link === undefined ? [] : [{ ...link, ...path }];
  });
}

/** The agent at this moment, as its page tells it. Secrets are no part of it. */
export function agentStatus({
  options,
  policy,
  nodes,
  traffic,
  use,
  proxyState,
  support,
  stats,
  capture,
  paths,
  wifi,
}: StatusParts): AgentStatus {
  const serviceClass = policy.serviceClass();
  const { snapshot } = policy;
  return {
    at: Date.now(),
    device: {
      id: options.deviceId,
      state: policy.isEnrolled ? (policy.standing?.state ?? "unknown") : "not-enrolled",
      isQuotaReached: policy.standing?.isQuotaReached ?? false,
    },
    isOn: policy.choice.isOn,
    serviceClass:
      serviceClass === null ? null : { id: serviceClass.id, name: serviceClass.name, steering: serviceClass.steering },
    portal: { url: options.portalUrl, isConnected: policy.isConnected },
    policy: snapshot === null ? null : { version: snapshot.version, publishedAt: snapshot.publishedAt },
    proxy: { ...nodes.current, ...proxyState.current },
    mptcp: { isOn: support.hasMptcp, reason: support.reason },
    capture: { isOn: capture !== null, knownAddresses: capture?.knownAddresses ?? 0 },
    links: shownLinks(traffic, paths),
    wifiAutomation: wifi?.status() ?? null,
    connections: {
      open: stats.connections,
      sinceStart: stats.accepted,
      uploadBytes: stats.uploadBytes,
      downloadBytes: stats.downloadBytes,
    },
    today: use.today(),
    whiteLists: shownWhiteLists(policy),
    destinations: traffic.destinations().slice(0, shownDestinations),
  };
}
