import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AlertReading, advanceAlerts, type HeldRule, type OpenAlert } from "@/lib/services/advance-alerts";
import { saidAsIs } from "@/lib/shared/said";

const now = new Date("2026-11-28T12:00:00Z");
const secondsAgo = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
const rule: HeldRule = { kind: "node-down", isOn: true, holdSeconds: 15 };
const said = saidAsIs("silent");
const reading: AlertReading = { kind: "node-down", subject: "p1", subjectName: "Proxy", said };
const nothing = { begin: [], goOn: [], resolve: [], forget: [] };

function open(since: number, change: Partial<OpenAlert> = {}): OpenAlert {
  return { id: 7n, kind: "node-down", subject: "p1", since: secondsAgo(since), firedAt: null, ...change };
}

describe("an alert", () => {
  it("begins without telling, and fires once it was so for the hold time", () => {
    expect(advanceAlerts([rule], [], [reading], now)).toEqual({ ...nothing, begin: [{ ...reading, firedAt: null }] });
    expect(advanceAlerts([rule], [open(14)], [reading], now).goOn).toEqual([{ id: 7n, said, firedAt: null }]);
    expect(advanceAlerts([rule], [open(15)], [reading], now).goOn).toEqual([{ id: 7n, said, firedAt: now }]);
  });

  it("fires at once where nothing is to be held", () => {
    const [begun] = advanceAlerts([{ ...rule, holdSeconds: 0 }], [], [reading], now).begin;
    expect(begun?.firedAt).toBe(now);
  });

  it("stays fired since when it was, whatever the hold time becomes", () => {
    const firedAt = secondsAgo(60);
    const longer = { ...rule, holdSeconds: 3600 };
    expect(advanceAlerts([longer], [open(75, { firedAt })], [reading], now).goOn[0]?.firedAt).toBe(firedAt);
  });

  it("is over once it is not so; one that never fired is forgotten", () => {
    expect(advanceAlerts([rule], [open(60, { firedAt: secondsAgo(45) })], [], now)).toEqual({
      ...nothing,
      resolve: [7n],
    });
    expect(advanceAlerts([rule], [open(10)], [], now)).toEqual({ ...nothing, forget: [7n] });
  });

  it("of a rule that is off ends and does not begin", () => {
    const off = { ...rule, isOn: false };
    const fired = open(60, { firedAt: secondsAgo(45) });
    expect(advanceAlerts([off], [fired], [reading], now)).toEqual({ ...nothing, resolve: [7n] });
    expect(advanceAlerts([off], [], [reading], now)).toEqual(nothing);
  });

  it("is one a subject: what was open goes on, is over or forgotten, and nothing is told twice", () => {
    const subjects = fc.uniqueArray(fc.constantFrom<string>("p1", "p2", "p3", "p4"));
    fc.assert(
      fc.property(subjects, subjects, (before, after) => {
        const known = before.map((subject, at) => open(60, { id: BigInt(at), subject }));
        const found = advanceAlerts(
          [rule],
          known,
          after.map((subject) => ({ ...reading, subject })),
          now,
        );
        const { begin, goOn, resolve, forget } = found;
        expect(goOn.length + resolve.length + forget.length).toBe(before.length);
        expect(goOn.length + begin.length).toBe(after.length);
        expect(begin.every(({ subject }) => !before.includes(subject))).toBe(true);
      }),
    );
  });
});
