import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConnectRace } from "@/lib/mptcp/connect-race";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(...addresses: string[]): { race: ConnectRace; dialled: string[] } {
  const dialled: string[] = [];
  const race = new ConnectRace(addresses, (address, isFirst) => dialled.push(isFirst ? `first ${address}` : address));
  return { race, dialled };
}

describe("ConnectRace", () => {
  it("dials one at once, and another each 250 ms without an answer", () => {
    const { dialled } = start("a", "b", "c");
    expect(dialled).toEqual(["first a"]);
    vi.advanceTimersByTime(249);
    expect(dialled).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(dialled).toEqual(["first a", "b"]);
    vi.advanceTimersByTime(10_000);
    expect(dialled).toEqual(["first a", "b", "c"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("dials the next one at once where one fails, and waits anew for that", () => {
    const { race, dialled } = start("a", "b", "c");
    vi.advanceTimersByTime(200);
    expect(race.failed()).toBe(false);
    expect(dialled).toEqual(["first a", "b"]);
    vi.advanceTimersByTime(200);
    expect(dialled).toHaveLength(2);
    vi.advanceTimersByTime(50);
    expect(dialled).toEqual(["first a", "b", "c"]);
  });

  it("is lost with the last attempt, whichever that is", () => {
    const { race } = start("a", "b");
    vi.advanceTimersByTime(250);
    expect(race.failed()).toBe(false);
    expect(race.failed()).toBe(true);
    expect(start("a").race.failed()).toBe(true);
  });

  it("dials nothing more once it has ended", () => {
    const { race, dialled } = start("a", "b");
    race.end();
    vi.advanceTimersByTime(1000);
    expect(dialled).toEqual(["first a"]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
