import type { NodeSettings, NodeSettingsInForce } from "@/lib/contracts/nodes";
import type { EngineBounds } from "@/lib/mptcp/face";

/** What the portal set, and the command line's for the rest. */
export function settingsInForce(settings: NodeSettings, commandLine: NodeSettingsInForce): NodeSettingsInForce {
  return {
    listenAddress: settings.listenAddress ?? commandLine.listenAddress,
    listenPort: settings.listenPort ?? commandLine.listenPort,
    maxConnections: settings.maxConnections ?? commandLine.maxConnections,
    handshakeTimeoutSeconds: settings.handshakeTimeoutSeconds ?? commandLine.handshakeTimeoutSeconds,
    idleTimeoutSeconds: settings.idleTimeoutSeconds ?? commandLine.idleTimeoutSeconds,
    threads: settings.threads ?? commandLine.threads,
    drainDeadlineSeconds: settings.drainDeadlineSeconds ?? commandLine.drainDeadlineSeconds,
  };
}

export function engineBounds(settings: NodeSettingsInForce): EngineBounds {
  return {
    handshakeTimeoutMs: settings.handshakeTimeoutSeconds * 1000,
    idleTimeoutMs: settings.idleTimeoutSeconds * 1000,
    maxConnections: settings.maxConnections,
  };
}
