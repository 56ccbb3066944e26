import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ProxyNodes } from "@/lib/agent/proxy-nodes";
import { collectedLog } from "../../factories/collected-log";

const fallback = { address: "192.0.2.1", port: 1080 };
const [a, b, c] = ["192.0.2.11", "192.0.2.12", "192.0.2.13"].map((address) => ({
  address,
  port: 1080,
  isDraining: false,
})) as [Node, Node, Node];
type Node = { address: string; port: number; isDraining: boolean };

let answering: Set<string>;
let switches: string[];
let nodes: ProxyNodes;
const current = (): string => nodes.current.address;
const place = ({ address, port }: Node) => ({ address, port });

beforeEach(() => {
  vi.useFakeTimers();
  answering = new Set();
  switches = [];
  nodes = new ProxyNodes({
    fallback,
    probe: async ({ address }) => answering.has(address),
    isBusy: () => true,
    onSwitch: ({ address }) => switches.push(address),
    log: collectedLog().log,
  });
});
afterEach(() => {
  nodes.stop();
  vi.useRealTimers();
});

describe("the proxy node in use", () => {
  it("is the command line's while the portal names none, then the portal's first", () => {
    expect(current()).toBe(fallback.address);
    nodes.list([a, b]);
    expect(current()).toBe(a.address);
    nodes.list([]);
    expect(current()).toBe(fallback.address);
  });

  it("is the next one at once where one fails, and all are tried", () => {
    nodes.list([a, b, c]);
    expect(nodes.failed(place(a), "refused")).toBe(true);
    expect(current()).toBe(b.address);
    // Another connection that failed at the same node changes nothing.
    expect(nodes.failed(place(a), "refused")).toBe(true);
    expect(current()).toBe(b.address);
    nodes.failed(place(b), "refused");
    nodes.failed(place(c), "refused");
    expect(current()).toBe(a.address);
  });

  it("is the first again once that has answered for five seconds", async () => {
    nodes.list([a, b]);
    nodes.failed(place(a), "refused");
    answering.add(a.address);
    await vi.advanceTimersByTimeAsync(4000);
    expect(current()).toBe(b.address);
    answering.delete(a.address);
    await vi.advanceTimersByTimeAsync(2000);
    answering.add(a.address);
    await vi.advanceTimersByTimeAsync(4500);
    expect(current()).toBe(b.address);
    await vi.advanceTimersByTimeAsync(3500);
    expect(current()).toBe(a.address);
  });

  it("waits longer for one that fails again soon after", async () => {
    nodes.list([a, b]);
    answering.add(a.address);
    nodes.failed(place(a), "refused");
    await vi.advanceTimersByTimeAsync(9000);
    expect(current()).toBe(a.address);
    nodes.failed(place(a), "refused");
    await vi.advanceTimersByTimeAsync(9000);
    expect(current()).toBe(b.address);
    await vi.advanceTimersByTimeAsync(5000);
    expect(current()).toBe(a.address);
  });

  it("is left at once when it drains, and kept when the order changes for less", () => {
    nodes.list([a, b]);
    nodes.list([b, a]);
    expect(current()).toBe(a.address);
    nodes.list([b, { ...a, isDraining: true }]);
    expect(current()).toBe(b.address);
  });

  it("is kept where no other answers either: then it is the links", async () => {
    nodes.list([a, b]);
    await nodes.doubt();
    expect(current()).toBe(a.address);
    answering.add(b.address);
    await nodes.doubt();
    expect(current()).toBe(b.address);
    expect(switches).toEqual([a.address, b.address]);
  });

  it("is of the address family of the command line's", () => {
    nodes.list([{ address: "2001:db8::1", port: 1080, isDraining: false }, b]);
    expect(current()).toBe(b.address);
    expect(nodes.count).toBe(1);
  });
});
