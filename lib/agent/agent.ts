import { mptcp } from "@/lib/mptcp";
import { ConnectionServer } from "@/lib/mptcp/connection-server";
import type { Listener } from "@/lib/mptcp/face";
import { CachingResolver } from "@/lib/shared/caching-resolver";
import type { Log } from "@/lib/shared/log";
import { AgentPolicy } from "./agent-policy";
import { announceLinks, type Link } from "./links";
import { serveConnection } from "./serve-connection";

export type AgentOptions = {
  portalUrl: string;
  deviceId: string;
  secret: string;
  proxy: { address: string; port: number };
  links: readonly Link[];
  /** Where programs of this device find the agent; a loopback address. */
  listenAddress: string;
  port: number;
  log: Log;
};

export type Agent = { listener: Listener; stop(): Promise<void> };

const handshakeTimeoutMs = 30_000;
const idleTimeoutMs = 3_600_000;
const maxConnections = 10_000;

/** Start the path manager and proxy agent of a device (pM-UE). Errors: NativeError of listener or path manager. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { log, links } = options;
  const support = mptcp.probe();
  if (!support.hasMptcp) log.warn({ reason: support.reason }, "one path at a time");
  const pathManager = support.hasPathManager ? mptcp.openPathManager() : null;
  const withdrawLinks = pathManager === null ? () => {} : announceLinks(pathManager, links, log);
  const policy = new AgentPolicy(options);
  const parts = {
    policy: () => policy.current,
    resolver: new CachingResolver(),
    proxy: options.proxy,
    credentials: { user: options.deviceId, password: options.secret },
    links,
    hasMptcp: support.hasMptcp,
    log,
  };
  const server = new ConnectionServer(mptcp, {
    threads: 1,
    handshakeTimeoutMs,
    idleTimeoutMs,
    maxConnections,
    serve: (connection) => void serveConnection(connection, parts),
  });
  const listener = server.listen({ address: options.listenAddress, port: options.port, mptcp: false });
  log.info({ address: listener.address, port: listener.port, links }, "agent listens");
  return {
    listener,
    stop: async () => {
      await policy.stop();
      await server.stop();
      withdrawLinks();
      pathManager?.close();
    },
  };
}
