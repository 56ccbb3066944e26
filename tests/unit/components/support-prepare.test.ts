import { describe, expect, it } from "vitest";
import { supportAddress } from "@/components/support/support-address";
import { shiftMoment, typedIn, typedMoment, wallClock } from "@/components/time/typed-moment";

const at = "2026-11-22T14:03:22.000Z";

describe("a typed moment", () => {
  it("is read in the zone it was typed in", () => {
    expect(typedMoment({ text: "2026-11-22T14:03:22", zone: "utc" })).toBe(at);
    expect(typedMoment({ text: wallClock(at, "local"), zone: "local" })).toBe(at);
    expect(typedMoment({ text: "2026-11-22T23:03:22+09:00", zone: "rfc3339" })).toBe(at);
  });

  it.each(["", "yesterday"])("is none for %j", (text) => {
    expect(typedMoment({ text, zone: "utc" })).toBeNull();
  });

  it("is the same moment after the zone was switched", () => {
    const typed = { text: "2026-11-22T14:03:22", zone: "utc" } as const;
    expect(typedIn(typed, "utc")).toBe(typed.text);
    expect(typedMoment({ text: typedIn(typed, "local"), zone: "local" })).toBe(at);
    expect(typedIn({ text: at, zone: "rfc3339" }, "utc")).toBe(typed.text);
    expect(typedIn({ text: "half a date", zone: "utc" }, "local")).toBe("");
  });

  it("is shared with the subscriber's id", () => {
    expect(supportAddress("an-id", at)).toBe(`/support?subscriber=an-id&at=${at}`);
    expect(supportAddress("an-id", null)).toBe("/support?subscriber=an-id");
    expect(shiftMoment(at, -15)).toBe("2026-11-22T13:48:22.000Z");
  });
});
