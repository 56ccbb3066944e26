import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Listener, RelayEngine, RelayEngineOptions, RelayEvent } from "@/lib/mptcp";
import { mptcp } from "@/lib/mptcp";

export type EventOf<T extends RelayEvent["type"]> = Extract<RelayEvent, { type: T }>;

export type StartedEngine = {
  engine: RelayEngine;
  events: RelayEvent[];
  /** The events of one type so far, in order. */
  all: <T extends RelayEvent["type"]>(type: T) => EventOf<T>[];
  /** Wait for the `count`th event of a type. */
  next: <T extends RelayEvent["type"]>(type: T, count?: number) => Promise<EventOf<T>>;
};

export type StartedRelay = StartedEngine & { listener: Listener };

const defaults = { threads: 2, handshakeTimeoutMs: 10_000, idleTimeoutMs: 0, maxConnections: 10_000 };

/** Poll until `find` gives a value; fails after the deadline, naming what was awaited. */
export async function waitFor<T>(
  what: string,
  find: () => T | null | undefined | false,
  timeoutMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = find();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await sleep(5);
  }
}

/** An engine that keeps every event and lets `react` answer them. */
export function startEngine(
  options: Partial<Omit<RelayEngineOptions, "onEvents">> = {},
  react: (engine: RelayEngine, event: RelayEvent) => void = () => undefined,
): StartedEngine {
  const events: RelayEvent[] = [];
  const engine: RelayEngine = mptcp.createRelayEngine({
    ...defaults,
    ...options,
    onEvents: (batch) => {
      for (const event of batch) {
        events.push(event);
        react(engine, event);
      }
    },
  });
  const all = <T extends RelayEvent["type"]>(type: T) =>
    events.filter((event): event is EventOf<T> => event.type === type);
  const next = <T extends RelayEvent["type"]>(type: T, count = 1) =>
    waitFor(`event ${count} of type "${type}"`, () => all(type)[count - 1]);
  return { engine, events, all, next };
}

export type RelayPlan = Partial<Omit<RelayEngineOptions, "onEvents">> & {
  upstreamPort: number;
  upstreamAddress?: string;
  isMptcpIn?: boolean;
  isMptcpOut?: boolean;
  listenAddress?: string;
  localAddress?: string | null;
  /** Sees every event, in order, as it is delivered. */
  onEvent?: (event: RelayEvent) => void;
};

/** The smallest policy: dial a fixed upstream for everyone, pass the first bytes on, relay. */
export function startRelay({
  upstreamPort,
  upstreamAddress = "127.0.0.1",
  isMptcpIn = false,
  isMptcpOut = false,
  listenAddress = "127.0.0.1",
  localAddress = null,
  onEvent = () => undefined,
  ...options
}: RelayPlan): StartedRelay {
  const firstBytes = new Map<number, Buffer>();
  const started = startEngine(options, (engine, event) => {
    onEvent(event);
    if (event.type === "accepted") {
      firstBytes.set(event.connection, event.data);
      const target = { address: upstreamAddress, port: upstreamPort, localAddress, mptcp: isMptcpOut, timeoutMs: 5000 };
      engine.connect(event.connection, target);
    } else if (event.type === "connected") {
      const data = firstBytes.get(event.connection);
      if (data) engine.write(event.connection, "upstream", data);
      firstBytes.delete(event.connection);
      engine.relay(event.connection);
    } else if (event.type === "connect-failed") {
      engine.close(event.connection, "reset");
    }
  });
  return { ...started, listener: started.engine.listen({ address: listenAddress, port: 0, mptcp: isMptcpIn }) };
}

/**
 * A way from a client to the upstream. "tcp": one relay. "mptcp": two in a row, as agent and proxy are, with TCP in,
 * MPTCP between them and TCP out. The client dials the agent, the proxy dials the upstream.
 */
export function startRoute(route: "tcp" | "mptcp", upstreamPort: number, plan: Omit<RelayPlan, "upstreamPort"> = {}) {
  if (route === "tcp") {
    const relay = startRelay({ ...plan, upstreamPort });
    return { port: relay.listener.port, agent: relay, proxy: relay, stop: () => relay.engine.stop() };
  }
  const proxy = startRelay({ ...plan, upstreamPort, isMptcpIn: true });
  const agent = startRelay({ ...plan, upstreamPort: proxy.listener.port, isMptcpOut: true });
  const stop = async () => {
    await agent.engine.stop();
    await proxy.engine.stop();
  };
  return { port: agent.listener.port, agent, proxy, stop };
}

/** Descriptors this process holds. */
export function countDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** The same once nothing of an earlier test is closing any more. */
export async function restingDescriptors(): Promise<number> {
  for (let before = countDescriptors(); ; ) {
    await sleep(100);
    const now = countDescriptors();
    if (now === before) return now;
    before = now;
  }
}
