import type { SocketAddress } from "@/lib/mptcp/face";
import type { Log } from "@/lib/shared/log";
import type { LinkSetting } from "./paths/links";
import type { WifiAutomationOptions } from "./wifi-automation";

export type AgentOptions = {
  portalUrl: string;
  deviceId: string;
  secret: string;
  /** The proxy that counts while the portal names no nodes. */
  proxy: SocketAddress;
  /** Where the device is, as the portal's nodes name it; null: nowhere in particular. */
  region?: string | null;
  links: readonly LinkSetting[];
  /** Turns WiFi on while white-listed traffic runs; null: WiFi is left as it is. */
  wifiAutomation: Pick<WifiAutomationOptions, "onCommand" | "offCommand" | "idleMs"> | null;
  /** Where programs of this device find the agent; a loopback address. */
  listenAddress: string;
  port: number;
  /** Where policy and standing are kept, so that the agent works before the portal answers; absent: nowhere. */
  stateFolder?: string;
  /** Also take connections of programs without proxy settings; null: no. `dnsServers` null: those of the system. */
  transparent: { dnsServers: readonly SocketAddress[] | null } | null;
  /** Port of the agent's page on loopback; null: no page. */
  pagePort: number | null;
  /** Ask the proxy by TCP Convert (RFC 8803), with TCP Fast Open where the kernels can, and by SOCKS where it cannot. */
  convert?: boolean;
  /** The owner allows demo runs; null or absent: no. `sourceUrl` null: the object comes from the portal. */
  demo?: { sourceUrl: string | null } | null;
  log: Log;
};
