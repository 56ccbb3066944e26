import fc from "fast-check";
import { Link2 } from "lucide-react";
import { describe, expect, it } from "vitest";
import type { ChartMark } from "@/components/charts/chart-data";
import { prepareMarkGroups } from "@/components/charts/prepare-mark-groups";
import { prepareClassShares } from "@/components/overview/prepare-class-shares";
import { causeSentence, preparePathEvents } from "@/components/sessions/prepare-path-events";
import { endReasonText } from "@/components/sessions/prepare-session";
import { formatPlace, mainDirection, placeOf, prepareSessionChart } from "@/components/sessions/prepare-session-chart";
import type { ServiceClass } from "@/lib/contracts/policy";
import type { SessionDetail } from "@/lib/contracts/portal";
import { sessionEndReasons } from "@/lib/contracts/session-end-reasons";
import type { PathEvent } from "@/lib/contracts/telemetry";
import type { PathCause } from "@/lib/steering/steering-event";
import { sessionReport } from "@/tests/factories/telemetry";
import { english, korean } from "../../factories/words";

const startMs = Date.UTC(2026, 0, 1);
const at = (ms: number): string => new Date(startMs + ms).toISOString();

const pathEvent = (changes: Partial<PathEvent>): PathEvent => ({
  at: at(0),
  subflowId: 2,
  access: "lte",
  kind: "priority-changed",
  cause: "wifi-suffices",
  actor: "policy",
  ...changes,
});

describe("path events in words", () => {
  it.each([
    [{ cause: "wifi-suffices" }, "LTE path 2 rests"],
    [{ cause: "share-free" }, "LTE path 2 carries data"],
    [{ cause: "some-new-code" }, "LTE path 2 changed its priority"],
    [{ kind: "stalled", access: "wifi", cause: "stalled" }, "WiFi path 2 stalled"],
    [{ kind: "joined", access: null }, "Path 2 joined"],
    [{ kind: "recovered", subflowId: null }, "LTE recovered"],
    [{ kind: "fallback", access: null, subflowId: null }, "The session fell back to plain TCP"],
  ] as const)("%j is %s", (changes, what) => {
    expect(preparePathEvents(english, [pathEvent(changes)])[0]?.what).toBe(what);
  });

  it("have a sentence for every cause that steering tells", () => {
    const causes: Record<PathCause, true> = {
      "wifi-suffices": true,
      "wifi-is-short": true,
      "share-used": true,
      "share-free": true,
      "wifi-first": true,
      "both-paths": true,
      stalled: true,
      "too-slow": true,
      connected: true,
      "device-joined": true,
      "stall-over": true,
      "address-back": true,
      "device-asked": true,
      "address-withdrawn": true,
      "link-down": true,
      "link-timeout": true,
      "peer-reset": true,
      "peer-closed": true,
      "options-stripped": true,
      "session-ended": true,
    };
    for (const cause of Object.keys(causes)) expect(causeSentence(english, cause), cause).toMatch(/^[A-Z].* .*\.$/);
  });

  it("say of data that moved why the path before lost it", () => {
    const [moved] = preparePathEvents(english, [pathEvent({ kind: "moved", cause: "link-down" })]);
    expect(moved).toMatchObject({
      what: "LTE path 2 took over the data",
      why: "The path before it: The link went down.",
    });
  });

  it("say why in a sentence, and show a cause that is not known as it is", () => {
    expect(causeSentence(english, "share-used")).toBe("LTE has used up its share for the moment.");
    expect(causeSentence(english, "odd-middlebox-7")).toBe("odd-middlebox-7");
  });

  it("have keys of their own, also where two are alike", () => {
    const views = preparePathEvents(english, [pathEvent({}), pathEvent({}), pathEvent({ at: at(1) })]);
    expect(new Set(views.map(({ id }) => id)).size).toBe(3);
  });
});

type Bucket = SessionDetail["samples"]["buckets"][number];
const carried = (wifi: number, lte: number): Bucket => ({
  lteDownloadBytes: lte,
  lteUploadBytes: 0,
  wifiDownloadBytes: wifi,
  wifiUploadBytes: 1,
  otherDownloadBytes: 0,
  otherUploadBytes: 0,
});

function session(buckets: Bucket[], changes: Partial<SessionDetail> = {}): SessionDetail {
  const { events, ...report } = sessionReport("a", { startedAt: at(500) });
  return {
    ...report,
    key: "1",
    nodeId: "proxy-1",
    nodeName: "Proxy",
    events,
    className: "Gold",
    targetLteSharePercent: null,
    achievedLteSharePercent: null,
    samples: { from: at(0), everyMs: 1000, buckets },
    ...changes,
  };
}

describe("a session's curve", () => {
  it("has the rate of each bucket in its middle, and counts a part of a second as a part", () => {
    const end = { at: at(2500), reason: "closed" };
    const chart = prepareSessionChart(
      english,
      session([carried(500, 0), carried(1000, 500), carried(250, 0)], { end }),
      "download",
    );
    expect(chart?.data.xs).toEqual([0.25, 1, 1.75]);
    const values = (id: string) => chart?.data.series.find((series) => series.id === id)?.values;
    expect(values("wifi")).toEqual([8000, 8000, 4000]);
    expect(values("lte")).toEqual([0, 4000, 0]);
    expect(values("total")).toEqual([8000, 12_000, 4000]);
    expect(chart?.xRange).toEqual([0, 2]);
  });

  it("keeps gaps", () => {
    const chart = prepareSessionChart(english, session([carried(1, 1), null, carried(1, 1)]), "upload");
    expect(chart?.data.series.map(({ values }) => values[1])).toEqual([null, null, null]);
  });

  it("is not there with fewer than two figures", () => {
    expect(prepareSessionChart(english, session([]), "download")).toBeNull();
    expect(prepareSessionChart(english, session([carried(1, 1), null]), "download")).toBeNull();
  });

  it("counts minutes and hours where it is long, and puts events on the same axis", () => {
    const buckets = Array.from({ length: 600 }, () => carried(1, 1));
    const chart = prepareSessionChart(english, session(buckets, { startedAt: at(0) }), "download");
    expect(chart?.unit.name).toBe("min");
    expect(chart?.xRange).toEqual([0, 10]);
    expect(chart === null ? null : placeOf(chart, at(90_000))).toBe(1.5);
  });

  it("keeps its own axis while the session goes on", () => {
    const buckets = Array.from({ length: 170 }, () => carried(1, 1));
    const before = prepareSessionChart(english, session(buckets, { startedAt: at(0) }), "download");
    const after = prepareSessionChart(english, session([...buckets, ...buckets], { startedAt: at(0) }), "download");
    expect([before?.unit.name, after?.unit.name]).toEqual(["s", "min"]);
    expect(before === null ? null : formatPlace(before, placeOf(before, at(90_000)))).toBe("90 s");
    expect(after === null ? null : formatPlace(after, placeOf(after, at(90_000)))).toBe("1.5 min");
  });

  it("begins with the direction that carried more", () => {
    expect(mainDirection(session([], { uploadBytes: 2, downloadBytes: 1 }))).toBe("upload");
    expect(mainDirection(session([], { uploadBytes: 1, downloadBytes: 1 }))).toBe("download");
  });
});

describe("marks of a chart", () => {
  const mark = (x: number): ChartMark => ({ id: `m${x}`, x, tone: "lte", icon: Link2, label: `at ${x}` });

  it("that are too close stand together", () => {
    const groups = prepareMarkGroups([mark(30), mark(1), mark(2), mark(200)], [0, 100], 100, 10);
    expect(groups.map(({ at: place, marks }) => [place, marks.map(({ x }) => x)])).toEqual([
      [0.01, [1, 2]],
      [0.3, [30]],
    ]);
  });

  it("are each in one group, and groups are apart", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 60 }), (xs) => {
        const groups = prepareMarkGroups(xs.map(mark), [0, 1000], 500, 38);
        expect(groups.flatMap(({ marks }) => marks.map(({ x }) => x))).toEqual([...xs].sort((a, b) => a - b));
        for (const [index, group] of groups.entries())
          if (index > 0) expect((group.at - (groups[index - 1]?.at ?? 0)) * 500).toBeGreaterThanOrEqual(38);
      }),
    );
  });

  it("need a width and an axis", () => {
    expect(prepareMarkGroups([mark(1)], [0, 0], 100, 10)).toEqual([]);
    expect(prepareMarkGroups([mark(1)], [0, 10], 0, 10)).toEqual([]);
  });
});

describe("LTE shares by class", () => {
  const silver: ServiceClass = {
    id: "silver",
    name: "Silver",
    steering: "lte-share",
    lteSharePercent: 20,
    wifiSufficientMbps: 30,
    lteRateKbps: null,
    totalRateKbps: null,
    lteQuotaBytes: null,
    whenQuotaReached: null,
  };
  const draft = { etag: "", change: null, subscribers: 0, achievedLteSharePercent: 12 };

  it("are of the classes in force, not of the draft", () => {
    const shares = prepareClassShares([
      { ...draft, item: { ...silver, lteSharePercent: 90 }, inForce: silver },
      { ...draft, item: { ...silver, id: "new" }, inForce: null },
      { ...draft, item: silver, inForce: { ...silver, id: "gold", steering: "aggregate" } },
    ]);
    expect(shares.map(({ id, targetPercent, achievedPercent }) => [id, targetPercent, achievedPercent])).toEqual([
      ["silver", 20, 12],
      ["gold", null, 12],
    ]);
  });
});

describe("why a session ended", () => {
  it.each(sessionEndReasons)("is said in either language: %s", (reason) => {
    expect(endReasonText(english, reason)).toBe(reason);
    expect(endReasonText(korean, reason)).toMatch(/[가-힣]/);
  });

  it("stays as it was reported where a newer node has a new reason", () => {
    expect(endReasonText(korean, "not-known-here")).toBe("not-known-here");
  });
});
