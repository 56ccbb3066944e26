import type { AgentParts } from "@/lib/agent/agent-parts";
import { ProxyState } from "@/lib/agent/proxy-state";
import { serveConnection } from "@/lib/agent/serve-connection";
import { Traffic } from "@/lib/agent/traffic";
import { mptcp } from "@/lib/mptcp";
import { ConnectionServer } from "@/lib/mptcp/connection-server";
import { CachingResolver } from "@/lib/shared/caching-resolver";
import { collectedLog } from "./collected-log";

/** These addresses in turn. */
export function pathsFrom(...addresses: (string | null)[]): AgentParts["paths"] {
  return {
    attempts: () => addresses.map((localAddress) => ({ localAddress, timeoutMs: 3000 })),
    answered: () => {},
    unanswered: () => {},
  };
}

type Changes = Pick<AgentParts, "policy"> & Partial<AgentParts>;

/** What serves the programs of the device "ue" with the secret "right" at that proxy of the loopback. */
export function agentParts(proxyPort: number, changes: Changes): AgentParts {
  return {
    resolver: new CachingResolver(),
    nodes: { current: { address: "127.0.0.1", port: proxyPort }, count: 1, failed: () => false },
    credentials: { user: "ue", password: "right" },
    paths: pathsFrom(null),
    hasMptcp: false,
    reached: () => {},
    leaving: async () => {},
    mark: null,
    convert: null,
    proxyState: new ProxyState(),
    traffic: new Traffic([], () => null),
    log: collectedLog().log,
    ...changes,
  };
}

/** An agent's port for programs, on the loopback. */
export function startAgentFront(proxyPort: number, changes: Changes): { port: number; stop: () => Promise<void> } {
  const parts = agentParts(proxyPort, changes);
  const server = new ConnectionServer(mptcp, {
    threads: 1,
    handshakeTimeoutMs: 5000,
    idleTimeoutMs: 0,
    maxConnections: 100,
    serve: (connection) => void serveConnection(connection, parts),
  });
  const { port } = server.listen({ address: "127.0.0.1", port: 0, mptcp: false });
  return { port, stop: () => server.stop() };
}
