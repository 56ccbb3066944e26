import { execFile } from "node:child_process";
import { networkInterfaces, release } from "node:os";
import type { Access } from "@/lib/contracts/access";
import type { DeviceCommand } from "@/lib/contracts/demo";
import type { DemoDeviceStatus } from "@/lib/contracts/demo-devices";
import { RunReporter } from "@/lib/demo";
import { socketAddressText } from "@/lib/shared/socket-address";
import type { AgentOptions } from "../agent-options";
import type { AgentPolicy } from "../agent-policy";
import type { DevicePaths } from "../paths/device-paths";
import type { Link } from "../paths/links";
import type { ProxyNodes } from "../proxy-nodes";
import { DevicePlace } from "./device-place";
import { laneRefusals } from "./lane-refusals";

export type DemoRunsOptions = {
  options: AgentOptions;
  sourceUrl: string | null;
  policy: Pick<AgentPolicy, "usesProxy" | "isConnected">;
  paths: Pick<DevicePaths, "status">;
  nodes: Pick<ProxyNodes, "current">;
  hasMptcp: boolean;
  /** The agent's own port, for programs of this device. */
  proxyUrl: string;
};

function hasWget(): Promise<boolean> {
  return new Promise((resolve) => {
    execFile("wget", ["--version"], (error) => resolve(error === null));
  });
}

/** The host as policy has it: without an IPv6 address's brackets. */
function destinationOf(url: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || (protocol === "https:" ? 443 : 80) };
}

function interfaceOf({ name, address }: Link): string | null {
  const interfaces = Object.entries(networkInterfaces());
  if (interfaces.some(([known]) => known === name)) return name;
  if (address?.startsWith("127.")) return "lo";
  return interfaces.find(([, entries]) => entries?.some((entry) => entry.address === address))?.[0] ?? null;
}

/** Demo runs on this device, which its owner allowed. */
export type DemoRuns = { take: (command: DeviceCommand) => void; stop: () => Promise<void> };

/** Report to the portal that this device is there for demo runs, and carry out what it orders. */
export async function startDemoRuns(parts: DemoRunsOptions): Promise<DemoRuns> {
  const { options, sourceUrl, policy, paths, nodes, hasMptcp, proxyUrl } = parts;
  const { portalUrl, deviceId, secret, transparent, log } = options;
  const isWgetHere = await hasWget();
  const urlOf = (runId: string): string => sourceUrl ?? `${portalUrl}/api/demo/source/${runId}`;
  const linkOf = (access: Access): DemoDeviceStatus["links"]["lte"] => {
    const link = paths.status().find((candidate) => candidate.access === access);
    const interfaceName = link === undefined ? null : interfaceOf(link);
    return link?.address == null || interfaceName === null ? null : { interfaceName, address: link.address };
  };
  const status = (): DemoDeviceStatus => {
    const links = { lte: linkOf("lte"), wifi: linkOf("wifi") };
    const isProxied = policy.usesProxy(destinationOf(urlOf("")));
    const able = { links, hasWget: isWgetHere, hasMptcp, isProxied, isCapturing: transparent !== null };
    return {
      links,
      refusals: laneRefusals(able),
      sourceUrl: urlOf(""),
      takesUploads: sourceUrl === null,
      proxy: socketAddressText(nodes.current),
      kernel: release(),
      objectSha256: Object.fromEntries(place.sha256BySize),
    };
  };
  const place = new DevicePlace({ status, urlOf, proxyUrl: () => proxyUrl });
  const reporter = new RunReporter({
    place,
    url: `${portalUrl}/api/agents/demo-reports`,
    headers: { authorization: `Bearer ${deviceId}.${secret}` },
    status,
    hearsOrders: () => policy.isConnected,
    log,
  });
  return {
    take: (command) => {
      if (command.type === "arrived") place.noteArrived(command.runId, command.lane, command.bytes);
      else reporter.take(command);
    },
    stop: () => reporter.stop(),
  };
}
