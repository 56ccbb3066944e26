import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MetricsServer } from "@/lib/proxy/metrics-server";
import { metrics, nodeMetrics } from "@/lib/proxy/node-metrics";
import { whyNotReady } from "@/lib/proxy/node-status";
import { collectedLog } from "../../factories/collected-log";
import { telemetryBatch } from "../../factories/telemetry";

const { log, said } = collectedLog();
const { node, totals } = telemetryBatch({ sequence: 1, lte: { uploadBytes: 7 } });
const read = (): string => nodeMetrics({ ...node, sessions: 5, mptcpSessions: 3 }, totals, 0.25);
let servers: { close(): void }[] = [];
let reason: string | null = null;

afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

/** A port that somebody has until `free` is called. */
async function takenPort(): Promise<{ port: number; free: () => void }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, free: () => server.close() };
}

describe("a node's metrics", () => {
  it("tell each metric, under its type", () => {
    const text = read();
    expect(Object.keys(metrics).filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
    expect(text).toContain(
      'twinpath_proxy_sessions{transport="mptcp"} 3\ntwinpath_proxy_sessions{transport="other"} 2\n',
    );
    expect(text).toContain('twinpath_proxy_bytes_total{access="lte",direction="upload"} 7\n');
  });

  it("are served once the process before has left the port, at one address only", async () => {
    const { port, free } = await takenPort();
    servers.push(new MetricsServer({ address: "127.0.0.1", port, read, unreadiness: () => reason, log }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    free();
    await vi.waitFor(() => expect(said("info")).toContain("metrics are served"), 5000);
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(answer.headers.get("content-type")).toContain("version=0.0.4");
    expect(await answer.text()).toBe(read());
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect([await statusOf("/"), await statusOf("/health"), await statusOf("/ready")]).toEqual([404, 200, 200]);
    reason = whyNotReady({ state: "draining", policyVersion: 3 });
    const unready = await fetch(`http://127.0.0.1:${port}/ready`);
    expect([unready.status, await unready.text()]).toEqual([503, "the node is draining\n"]);
    expect(await statusOf("/health")).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: "POST" })).status).toBe(404);
  });
});
