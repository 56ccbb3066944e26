import { describe, expect, it } from "vitest";
import { describeImport, fractionOf, isWorking } from "@/components/imports/prepare-import";
import {
  describeTotal,
  emptySubscriber,
  formatMsisdn,
  formOf,
  inputOf,
  subscriberGroups,
} from "@/components/subscribers/prepare-subscriber";
import { applyMerge, prepareMerge } from "@/components/ui/prepare-merge";
import type { SubscriberInput } from "@/lib/contracts/subscribers";
import { english, korean } from "../../factories/words";

const subscriber: SubscriberInput = {
  msisdn: "+821012345678",
  imsi: "450081234567890",
  state: "active",
  serviceClassId: "gold",
  extraWhiteListIds: [],
};

describe("formatMsisdn", () => {
  it.each(["+821012345678", "+1234567", "+99999000001", "+123456789012345"])("keeps every digit of %s", (msisdn) => {
    const shown = formatMsisdn(msisdn);
    expect(shown.replaceAll(" ", "")).toBe(msisdn);
    expect(
      shown
        .slice(1)
        .split(" ")
        .every((group) => group.length >= 1 && group.length <= 4),
    ).toBe(true);
  });
});

describe("formatMsisdn of a masked number", () => {
  it.each([
    ["••••5678", "•••• 5678"],
    ["••••", "••••"],
  ])("sets the digits of %s apart", (masked, shown) => {
    expect(formatMsisdn(masked)).toBe(shown);
  });
});

describe("a subscriber's form", () => {
  it("takes blanks and hyphens out of the numbers and an empty IMSI as none", () => {
    const input = inputOf({ ...emptySubscriber, msisdn: "+82 10-1234-5678", imsi: " ", serviceClassId: "gold" });
    expect(input.msisdn).toBe("+821012345678");
    expect(input.imsi).toBeNull();
  });

  it("gives back what it was filled with", () => {
    expect(inputOf(formOf(subscriber))).toEqual(subscriber);
  });

  it("names the fields in which two writers differ, and proposes whoever changed them", () => {
    const yours: SubscriberInput = { ...subscriber, serviceClassId: "silver", state: "suspended" };
    const theirs: SubscriberInput = { ...subscriber, serviceClassId: "bronze", extraWhiteListIds: ["games"] };
    const sources = { base: subscriber, yours, theirs };
    const rows = prepareMerge(subscriberGroups(english), sources);
    expect(rows.map(({ label, yours: mine, theirs: other }) => [label, mine, other])).toEqual([
      ["State", "Suspended", "Active"],
      ["Service class", "silver", "bronze"],
      ["Extra white-lists", "none", "games"],
    ]);
    const choices = {
      classes: [{ id: "silver", name: "Silver" }],
      extraLists: [{ id: "games", name: "Games" }],
    };
    expect(prepareMerge(subscriberGroups(korean, choices), sources).map((row) => [row.yours, row.theirs])).toEqual([
      ["정지", "활성"],
      ["Silver", "bronze"],
      ["없음", "Games"],
    ]);
    expect(rows.map(({ isConflict, proposed }) => [isConflict, proposed])).toEqual([
      [false, "yours"],
      [true, "yours"],
      [false, "theirs"],
    ]);
    expect(rows.some((row) => "inForce" in row)).toBe(false);
    const sides = Object.fromEntries(rows.map(({ key, proposed }) => [key, proposed]));
    expect(applyMerge(subscriberGroups(english), sources, sides)).toEqual({ ...yours, extraWhiteListIds: ["games"] });
    expect(prepareMerge(subscriberGroups(english), { ...sources, theirs: yours })).toEqual([]);
  });
});

describe("figures of lists and imports", () => {
  it("says whether a total is exact", () => {
    expect(describeTotal(english, { value: 1204, isExact: true })).toBe("1,204");
    expect(describeTotal(english, { value: 1_000_000, isExact: false })).toBe("about 1,000,000");
  });

  it("tells a dry run from what was done", () => {
    const counts = { create: 3, update: 2, unchanged: 1, error: 4 };
    expect(describeImport(english, { state: "checked", counts })).toBe(
      "3 subscribers would be added, 2 changed, 1 is as it was. 4 rows have an error and are left out.",
    );
    expect(describeImport(english, { state: "done", counts: { create: 1, update: 0, unchanged: 2, error: 1 } })).toBe(
      "1 subscriber was added, 0 changed, 2 are as they were. 1 row has an error and was left out.",
    );
    expect(describeImport(korean, { state: "done", counts })).toBe(
      "가입자 3명 추가, 2명 변경 완료, 1명은 변경 없음. 오류가 있는 4행은 제외했습니다.",
    );
    expect(describeImport(english, { state: "done", counts: { ...counts, error: 0 } })).toBe(
      "3 subscribers were added, 2 changed, 1 is as it was.",
    );
  });

  it("knows how far a job is and whether it works", () => {
    expect(fractionOf({ rows: 0, progress: 0 })).toBe(0);
    expect(fractionOf({ rows: 4, progress: 1 })).toBe(0.25);
    expect(isWorking({ state: "committing" })).toBe(true);
    expect(isWorking({ state: "checked" })).toBe(false);
  });
});
