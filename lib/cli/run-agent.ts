import { isIP } from "node:net";
import { join } from "node:path";
import { startAgent } from "@/lib/agent/agent";
import type { AgentOptions } from "@/lib/agent/agent-options";
import { deviceCredential } from "@/lib/agent/device-credential";
import type { LinkSetting } from "@/lib/agent/paths/links";
import { parseServer } from "@/lib/agent/transparent/upstream-servers";
import type { DeviceCredential } from "@/lib/contracts/subscribers";
import { readEnv, requireEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { type NumericSocketAddress, parseSocketAddress } from "@/lib/shared/socket-address";
import { sayReady } from "./readiness";
import { untilStopped } from "./until-stopped";

export type AgentCommand = {
  portal: string;
  proxy: string;
  region?: string;
  address: string;
  port: number;
  dataDir: string;
  pagePort: number;
  wifi?: string;
  lte?: string;
  wifiOn?: string;
  wifiOff?: string;
  wifiIdle: number;
  code?: string;
  name?: string;
  convert?: boolean;
  transparent?: boolean;
  dns?: string[];
  allowDemoRuns?: boolean;
  demoSource?: string;
};

/** Errors: AppError AGENT_BAD_PROXY. */
function parseProxy(text: string): NumericSocketAddress {
  const proxy = parseSocketAddress(text);
  if (proxy === null)
    throw new AppError(
      "AGENT_BAD_PROXY",
      `--proxy is "${text}": give the proxy's numeric address and port, as 192.0.2.1:1080 or [2001:db8::1]:1080.`,
    );
  return proxy;
}

/** The longest name that Linux gives an interface (IFNAMSIZ). */
const longestInterfaceName = 15;

/** Errors: AppError AGENT_BAD_LINK. */
function parseLink(access: "wifi" | "lte", name: string | undefined): LinkSetting[] {
  if (name === undefined) return [];
  if (isIP(name) === 0 && (!/^[^\s/:]+$/.test(name) || name.length > longestInterfaceName || /^[0-9.]+$/.test(name)))
    throw new AppError(
      "AGENT_BAD_LINK",
      `--${access} is "${name}": give this device's numeric address on that link, or the interface's name (wlan0).`,
    );
  return [{ access, name }];
}

/** Words apart at white space. Errors: AppError AGENT_BAD_WIFI_COMMAND. */
function parseWifiAutomation({ wifi, wifiOn, wifiOff, wifiIdle }: AgentCommand): AgentOptions["wifiAutomation"] {
  if (wifiOn === undefined && wifiOff === undefined) return null;
  const [onCommand = [], offCommand = []] = [wifiOn, wifiOff].map((text) => text?.trim().split(/\s+/).filter(Boolean));
  if (onCommand.length === 0 || offCommand.length === 0 || wifi === undefined)
    throw new AppError(
      "AGENT_BAD_WIFI_COMMAND",
      "To turn WiFi on and off give --wifi, --wifi-on and --wifi-off, as --wifi-on 'nmcli radio wifi on'.",
    );
  return { onCommand, offCommand, idleMs: wifiIdle * 1000 };
}

/** Errors: AppError AGENT_BAD_DEMO_SOURCE. */
function parseDemo({ allowDemoRuns, demoSource }: AgentCommand): NonNullable<AgentOptions["demo"]> | null {
  const url = demoSource !== undefined && URL.canParse(demoSource) ? new URL(demoSource) : null;
  const isFit = url === null || (/^https?:$/.test(url.protocol) && url.username === "" && url.password === "");
  if ((demoSource !== undefined && url === null) || !isFit || (url !== null && allowDemoRuns !== true))
    throw new AppError(
      "AGENT_BAD_DEMO_SOURCE",
      "--demo-source takes an http or https address without a password, beside --allow-demo-runs.",
    );
  return allowDemoRuns === true ? { sourceUrl: url?.href ?? null } : null;
}

/** From the environment where it is there, else the kept or newly enrolled one. */
function findCredential({ portal, dataDir, code, name }: AgentCommand): Promise<DeviceCredential> {
  if (readEnv("TWINPATH_DEVICE_ID") !== null) {
    const secret = requireEnv("TWINPATH_DEVICE_SECRET");
    return Promise.resolve({ deviceId: requireEnv("TWINPATH_DEVICE_ID"), secret });
  }
  const file = join(dataDir, "device.json");
  return deviceCredential({ portalUrl: portal.replace(/\/+$/, ""), file, code: code ?? null, name: name ?? null });
}

/** `twinpath agent`: path manager and local proxy of a device until stopped. */
export async function runAgent(options: AgentCommand): Promise<void> {
  const stopped = untilStopped();
  const proxy = parseProxy(options.proxy);
  const links = [...parseLink("wifi", options.wifi), ...parseLink("lte", options.lte)];
  const dnsServers = options.dns?.map(parseServer) ?? null;
  const agent = await startAgent({
    portalUrl: options.portal.replace(/\/+$/, ""),
    ...(await findCredential(options)),
    proxy,
    region: options.region ?? null,
    links,
    wifiAutomation: parseWifiAutomation(options),
    listenAddress: options.address,
    port: options.port,
    stateFolder: join(options.dataDir, "agent"),
    transparent: options.transparent === true ? { dnsServers } : null,
    convert: options.convert === true,
    demo: parseDemo(options),
    pagePort: options.pagePort === 0 ? null : options.pagePort,
    log: createLog("agent"),
  });
  void agent.ready.then(sayReady);
  await stopped;
  await agent.stop();
}
