import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Entitlement } from "@/lib/contracts/policy";
import { Authenticator } from "@/lib/proxy/authenticator";
import { entitlement } from "../../factories/policy";

const devices: Record<string, Entitlement> = {
  ue: entitlement("ue"),
  stopped: entitlement("stopped", { state: "suspended" }),
};

let authenticator: Authenticator;

/** How long a check takes, in the clock's milliseconds. */
async function timeOf(deviceId: string, secret: string, source: string): Promise<number> {
  const began = Date.now();
  const check = Promise.resolve(authenticator.check(deviceId, secret, source)).then(() => Date.now() - began);
  await vi.advanceTimersByTimeAsync(10_000);
  return check;
}

/** That many wrong secrets at once; resolves when the last was answered. */
async function fail(count: number, source: string): Promise<number> {
  const began = Date.now();
  const checks = Array.from({ length: count }, () => authenticator.check("ue", "wrong", source));
  const last = Promise.all(checks).then(() => Date.now() - began);
  await vi.advanceTimersByTimeAsync(5000);
  return last;
}

beforeEach(() => {
  vi.useFakeTimers();
  authenticator = new Authenticator(async (deviceId) => devices[deviceId] ?? null);
});
afterEach(() => {
  vi.useRealTimers();
});

describe("Authenticator", () => {
  it("takes the right secret of an active device, at once", async () => {
    expect(await authenticator.check("ue", "right", "192.0.2.1")).toEqual(devices["ue"]);
    expect(authenticator.failuresTotal).toBe(0);
  });

  it.each([
    ["a wrong secret", "ue", "wrong"],
    ["an empty secret", "ue", ""],
    ["a secret's hash", "ue", entitlement("ue").secretSha256],
    ["an unknown device", "nobody", "right"],
    ["an unknown device with the stand-in's text", "nobody", "0".repeat(64)],
    ["a suspended device with its right secret", "stopped", "right"],
    ["no user", "", ""],
  ])("refuses %s", async (_, deviceId, secret) => {
    const check = authenticator.check(deviceId, secret, "192.0.2.1");
    await vi.advanceTimersByTimeAsync(0);
    expect(await check).toBeNull();
    expect(authenticator.failuresTotal).toBe(1);
  });

  it("passes on the error of a directory that fails", async () => {
    const failing = new Authenticator(() => Promise.reject(new Error("no directory")));
    await expect(failing.check("ue", "right", "192.0.2.1")).rejects.toThrow("no directory");
  });

  it("answers a few failures at once, then ever later up to three seconds", async () => {
    expect(await fail(5, "192.0.2.1")).toBe(0);
    const times: number[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) times.push(await fail(10, "192.0.2.1"));
    expect(times[0]).toBeGreaterThan(1000);
    expect(times[2]).toBe(3000);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("never delays a right secret, and nobody else's failures", async () => {
    await fail(100, "192.0.2.1");
    expect(await timeOf("ue", "right", "192.0.2.1")).toBe(0);
    expect(await timeOf("ue", "wrong", "192.0.2.2")).toBe(0);
  });

  it("forgives with time", async () => {
    expect(await fail(12, "192.0.2.1")).toBeGreaterThan(0);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await timeOf("ue", "wrong", "192.0.2.1")).toBe(0);
  });

  it("takes the addresses of one IPv6 network for one source", async () => {
    for (let host = 1; host <= 50; host += 1)
      void authenticator.check("ue", "wrong", `2001:db8:0:7::${host.toString(16)}`);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await timeOf("ue", "wrong", "2001:db8:0:7:ffff::1")).toBeGreaterThan(1000);
    expect(await timeOf("ue", "wrong", "2001:db8:0:8::1")).toBe(0);
  });
});
