import type { Connection } from "@/lib/mptcp/connection";
import type { TransportKind } from "@/lib/mptcp/face";
import type { CachingResolver } from "@/lib/shared/caching-resolver";
import type { Log } from "@/lib/shared/log";
import type { AgentPolicy } from "./agent-policy";
import type { ConvertUse } from "./convert-use";
import type { FirstPaths } from "./paths/device-paths";
import type { ProxyNodes } from "./proxy-nodes";
import type { ProxyState } from "./proxy-state";
import type { Traffic } from "./traffic";

/** What serving a connection of this device needs. */
export type AgentParts = {
  policy: Pick<AgentPolicy, "usesProxy">;
  resolver: CachingResolver;
  nodes: Pick<ProxyNodes, "current" | "count" | "failed">;
  credentials: { user: string; password: string };
  /** Where the first subflow goes; the next path is tried where one does not answer. */
  paths: FirstPaths;
  hasMptcp: boolean;
  /** The connection has reached the proxy: it is capped, and its paths are followed and steered, from now on. */
  reached: (connection: Connection, transport: TransportKind) => void;
  /** SO_MARK of the agent's own connections; null where nothing is captured. */
  mark: number | null;
  /** Absent or null: the proxy is asked by SOCKS. */
  convert?: ConvertUse | null;
  /** Its upstream is about to be left: what that carried is counted, and nothing of `reached` holds any more. */
  leaving: (connection: Connection) => Promise<void>;
  proxyState: ProxyState;
  traffic: Traffic;
  log: Log;
};
