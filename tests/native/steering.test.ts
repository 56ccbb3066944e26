import { describe, expect, it } from "vitest";
import type { PathManagerEvent } from "@/lib/mptcp";
import { requireAbility } from "@/tests/factories/ability";
import type { Received } from "./net-ends";
import { runInNamespace } from "./run-child";

type Rates = { lte: number; wifi: number };

type Steered = {
  kinds: string[];
  free: Rates;
  paced: { asked: number; nearest: number; highest: number }[];
  lowered: number;
  raised: number;
  freed: Rates;
  unsentBytes: number;
  windowSegments: number;
  startSegments: number;
  bounded: Rates;
  whileLowered: Rates;
  backupMs: number;
  asBackup: Rates;
  asActive: Rates;
  ofGone: string[];
  alone: Rates;
  again: Rates;
  sent: { bytes: number; sha256: string };
  received: Received;
  events: PathManagerEvent[];
  ofClosed: string;
};

type Obeyed = {
  ofOtherToken: Rates;
  paced: Rates;
  asBackup: Rates;
  errors: string[];
};

describe("steering", () => {
  it("paces, spares, ends and regains LTE under a download that stays whole", async (context) => {
    requireAbility(context, "namespaces", "pacing");
    const result = (await runInNamespace("steering-child.ts", "steer")) as Steered;

    expect(result.kinds).toEqual(["kernel", "userspace", "kernel"]);
    expect(result.free.lte).toBeGreaterThan(70);
    for (const { asked, nearest, highest } of result.paced) {
      expect(Math.abs(nearest / asked - 1)).toBeLessThan(0.03);
      /* One segment, up to 64 KiB on a link without delay, may fall on either side of the two seconds' end: 0.27 Mbit/s. */
      expect(highest).toBeLessThan(1.02 * asked + 0.27);
    }
    /* On a link without delay one segment is up to 64 KiB: 1.7 Mbit/s of the 300 ms. */
    expect(Math.abs(result.lowered - 10)).toBeLessThan(2.5);
    /* bbr has learnt the old rate as the path's and probes upwards from there. */
    expect(result.raised).toBeGreaterThan(30);
    expect(result.raised).toBeLessThan(53);
    /* From 10 Mbit/s, without a restart it would take bbr nine of its cycles of eight round trips. */
    expect(result.freed.lte).toBeGreaterThan(70);
    /* One push of the scheduler, 64 KiB, may come on top. */
    expect(result.unsentBytes).toBeLessThanOrEqual((128 + 64) * 1024);
    /* 64 KiB of segments of 1,400 bytes and more. */
    expect(result.windowSegments).toBeLessThanOrEqual(47);
    expect(result.bounded.lte).toBeGreaterThan(20);
    expect(result.whileLowered.wifi).toBeGreaterThan(100);

    expect(result.backupMs).toBeLessThan(400);
    expect(result.asBackup.lte).toBe(0);
    expect(result.asBackup.wifi).toBeGreaterThan(100);
    /* 700,000 bytes in segments of 1,400 to 1,460 bytes. */
    expect(result.startSegments).toBeGreaterThanOrEqual(479);
    expect(result.startSegments).toBeLessThanOrEqual(500);
    expect(result.asActive.lte).toBeGreaterThan(50);
    expect(result.ofGone).toEqual(["EINVAL", "ESRCH", "", "EINVAL"]);
    expect(result.alone.lte).toBe(0);
    expect(result.alone.wifi).toBeGreaterThan(100);
    expect(result.again.lte).toBeGreaterThan(50);
    expect(result.received).toEqual({ ...result.sent, end: "fin" });
    expect(result.ofClosed).toBe("ERR_INVALID_STATE");

    const ofLte = result.events.filter(({ remote }) => remote?.address === "10.1.0.2");
    const expected = ["established", "closed", "established", "closed", "established"];
    expect(ofLte.map(({ type }) => type).slice(0, 5)).toEqual(expected.map((end) => `subflow-${end}`));
  });

  it("reaches IPv4 clients of an IPv6 listener, no other connection, and none of the kernel's path manager", async (context) => {
    requireAbility(context, "namespaces", "pacing");
    const result = (await runInNamespace("steering-child.ts", "obey")) as Obeyed;

    expect(result.ofOtherToken.lte).toBeGreaterThan(50);
    expect(Math.abs(result.paced.lte - 10)).toBeLessThan(1);
    expect(result.asBackup.lte).toBe(0);
    expect(result.errors).toEqual(["EINVAL", "EINVAL", "MPTCP_BAD_ARGUMENT", "MPTCP_BAD_ARGUMENT"]);
  });
});
