import { describe, expect, it } from "vitest";
import { SteeredSession, type SteeringClass } from "@/lib/steering/steered-session";
import { SubscriberPaths } from "@/lib/steering/subscriber-paths";
import { accessOf, ends, pathReading, pathsReading } from "./readings";

const cap = 1_000_000;
const steering: SteeringClass = {
  steering: "aggregate",
  lteSharePercent: null,
  wifiSufficientMbps: 50,
  lteRateBytesPerSecond: cap,
};

function sessionsOf(count: number): { subscriber: SubscriberPaths; sessions: SteeredSession[] } {
  const subscriber = new SubscriberPaths();
  const sessions = Array.from({ length: count }, (_, id) => {
    const session = new SteeredSession({ id, subscriber: "one", accessOf, onEvent: () => {} }, steering, true);
    subscriber.sessions.add(session);
    return session;
  });
  return { subscriber, sessions };
}

/** A moment later these sessions have sent so much more over LTE and WiFi. */
function read(
  { subscriber, sessions }: ReturnType<typeof sessionsOf>,
  nowMs: number,
  lteBytes: number[],
  wifiBytes: number,
): void {
  for (const [index, session] of sessions.entries())
    session.read(
      pathsReading([pathReading(1, ends.wifi, wifiBytes), pathReading(2, ends.lte, lteBytes[index] ?? 0)]),
      subscriber,
      nowMs,
    );
}

describe("SubscriberPaths", () => {
  it("gives the sessions together what the cap allows, most of it to the busy one", () => {
    const { subscriber, sessions } = sessionsOf(2);
    for (let step = 0; step <= 30; step += 1) {
      read({ subscriber, sessions }, step * 100, [step * 95_000, 0], 0);
      for (const session of sessions) subscriber.shareOf(session, step * 100);
    }
    const [busy, idle] = sessions.map((session) => subscriber.shareOf(session, 3050).lteLimitBytesPerSecond ?? 0);
    expect(busy).toBeGreaterThan(0.9 * cap);
    expect(idle).toBeLessThan(0.2 * cap);
    expect(idle).toBeGreaterThan(0);
  });

  it("has no limit without a cap", () => {
    const { subscriber, sessions } = sessionsOf(1);
    const [session] = sessions;
    session?.setClass({ ...steering, lteRateBytesPerSecond: null });
    read({ subscriber, sessions }, 0, [0], 0);
    if (session !== undefined) expect(subscriber.shareOf(session, 10).lteLimitBytesPerSecond).toBeNull();
  });

  it("knows of each link what it does for all of them, and when it last did anything", () => {
    const { subscriber, sessions } = sessionsOf(2);
    for (let step = 0; step <= 20; step += 1) read({ subscriber, sessions }, step * 100, [0, 0], step * 100_000);
    read({ subscriber, sessions }, 2100, [0, 0], 2_000_000);
    const wifi = subscriber.linkOf(ends.wifi);
    expect(wifi.progressMs).toBe(2000);
    expect(wifi.bestBytesPerSecond).toBeGreaterThan(1_900_000);
    expect(wifi.bestBytesPerSecond).toBeLessThan(2_300_000);
    expect(wifi.bytesPerSecond).toBeLessThan(1_200_000);
  });

  it("tells each session what the others get over WiFi, and forgets what is old", () => {
    const { subscriber, sessions } = sessionsOf(2);
    for (let step = 0; step <= 20; step += 1) read({ subscriber, sessions }, step * 100, [0, 0], step * 100_000);
    const [session] = sessions;
    if (session === undefined) throw new Error("no session");
    expect(subscriber.shareOf(session, 2000).otherWifiBytesPerSecond).toBeCloseTo(1_000_000, -4);
    expect(subscriber.shareOf(session, 4000).otherWifiBytesPerSecond).toBe(0);
  });
});
