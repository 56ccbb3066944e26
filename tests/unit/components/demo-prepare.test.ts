import { describe, expect, it } from "vitest";
import { prepareDemoChart } from "@/components/demo/prepare-demo-chart";
import { exportName, pictureLines, runCsv, runJson } from "@/components/demo/prepare-export";
import { prepareFaultMarks, prepareFaults } from "@/components/demo/prepare-faults";
import { compareSha, prepareLane } from "@/components/demo/prepare-lane";
import { prepareReplay } from "@/components/demo/prepare-replay";
import { prepareSpread, spreadOf } from "@/components/demo/prepare-spread";
import { formatPercent, formatRatio, prepareVerdict } from "@/components/demo/prepare-verdict";
import type { LaneId, LaneReport } from "@/lib/contracts/demo";
import type { DemoRun } from "@/lib/contracts/live";
import { english } from "../../factories/words";

const sizeBytes = 100_000_000;
const sha = "ab".repeat(32);

/** A lane that delivers evenly at `mbps` for its whole length, sampled every 200 ms, with 5 % of headers. */
function lane(id: LaneId, mbps: number, change: Partial<LaneReport> = {}): LaneReport {
  const elapsedMs = (sizeBytes * 8) / (mbps * 1000);
  const lteShare = { "lte-only": 1, "wifi-only": 0, "lte-wifi": 1 / 3 }[id];
  const samples = Array.from({ length: Math.floor(elapsedMs / 200) }, (_, index) => {
    const tMs = (index + 1) * 200;
    const deliveredBytes = Math.round((tMs * mbps * 1000) / 8);
    const wire = deliveredBytes * 1.05;
    return {
      tMs,
      deliveredBytes,
      lteBytes: Math.round(wire * lteShare),
      wifiBytes: Math.round(wire * (1 - lteShare)),
    };
  });
  return {
    lane: id,
    state: "finished",
    command: "wget",
    startedAt: "2026-01-01T00:00:00Z",
    elapsedMs,
    deliveredBytes: sizeBytes,
    sha256: sha,
    error: null,
    faults: [],
    samples,
    ...change,
  };
}

function run(lanes: LaneReport[]): DemoRun {
  return {
    id: "run",
    request: { preset: "city", device: null, direction: "download", sizeBytes, lanes: lanes.map((one) => one.lane) },
    state: "finished",
    createdAt: "2026-01-01T00:00:00Z",
    finishedAt: null,
    createdBy: "Ana",
    lanes,
    device: null,
    testbed: {
      state: "ready",
      preset: "city",
      lte: { rateMbps: 75, rttMs: 40, lossPercent: 0 },
      wifi: { rateMbps: 150, rttMs: 15, lossPercent: 0 },
      delayMethod: "netem",
      faults: { lte: { fault: "none", at: null }, wifi: { fault: "none", at: null } },
      congestionControl: "cubic",
      scheduler: "default",
      kernel: "6.18",
      objectSha256: { [String(sizeBytes)]: sha },
    },
  };
}

describe("prepareVerdict", () => {
  it("divides mean payload rates", () => {
    const verdict = prepareVerdict(
      english,
      run([lane("lte-only", 70), lane("wifi-only", 140), lane("lte-wifi", 205.8)]),
    );
    expect(verdict.bestLane).toBe("wifi-only");
    expect(verdict.overLte.value).toBeCloseTo(2.94);
    expect(verdict.overBest.value).toBeCloseTo(1.47);
    expect(verdict.efficiency.value).toBeCloseTo(0.98);
  });

  it("shows a loss as a loss", () => {
    const { overBest } = prepareVerdict(
      english,
      run([lane("lte-only", 70), lane("wifi-only", 140), lane("lte-wifi", 120)]),
    );
    expect(overBest.value).toBeLessThan(1);
  });

  it("holds no number, but the reason, for what was not run or failed", () => {
    const notRun = prepareVerdict(english, run([lane("lte-wifi", 200)]));
    expect(notRun.overLte).toEqual({ value: null, why: "LTE only was not run" });
    const failed = prepareVerdict(
      english,
      run([lane("lte-only", 70), lane("lte-wifi", 200, { state: "failed", elapsedMs: null })]),
    );
    expect(failed.overLte).toEqual({ value: null, why: "LTE + WiFi failed" });
    expect(failed.overBest).toEqual({ value: null, why: "WiFi only was not run" });
  });

  it("compares so far while the last lane runs, but not in its first second", () => {
    const running = (count: number) => {
      const whole = lane("lte-wifi", 210);
      return lane("lte-wifi", 210, { state: "running", elapsedMs: null, samples: whole.samples.slice(0, count) });
    };
    expect(prepareVerdict(english, run([lane("lte-only", 70), running(4)])).overLte.value).toBeNull();
    const later = prepareVerdict(english, run([lane("lte-only", 70), running(8)])).overLte;
    expect(later).toMatchObject({ isLive: true });
    expect(later.value).toBeCloseTo(3);
  });

  it("writes ratios with the digits that matter", () => {
    expect([formatRatio(2.96), formatRatio(1.478), formatRatio(0.974), formatPercent(0.9837)]).toEqual([
      "3.0×",
      "1.48×",
      "0.97×",
      "98.4 %",
    ]);
  });
});

describe("prepareLane", () => {
  it("gives rate, progress and time left of a running lane", () => {
    const half = lane("lte-only", 80).samples.slice(0, 25);
    const figures = prepareLane(
      lane("lte-only", 80, { state: "running", elapsedMs: null, deliveredBytes: 5e7, samples: half }),
      sizeBytes,
    );
    expect(figures.rateBps).toBeCloseTo(80e6, -3);
    expect(figures.elapsedMs).toBe(5000);
    expect(figures.etaMs).toBeCloseTo(((1e8 - 5e7) * 8) / 80e3, -1);
  });

  it("shows no rate for a lane that did not finish", () => {
    expect(prepareLane(lane("lte-only", 80, { state: "failed", elapsedMs: null }), sizeBytes).rateBps).toBeNull();
  });

  it("tells equal, different and unknown payloads", () => {
    const whole = run([lane("lte-only", 70)]);
    expect(compareSha(whole, lane("lte-only", 70))).toBe("equal");
    expect(compareSha(whole, lane("lte-only", 70, { sha256: "0".repeat(64) }))).toBe("differs");
    expect(compareSha({ ...whole, testbed: null }, lane("lte-only", 70))).toBe("unknown");
  });
});

describe("prepareDemoChart", () => {
  const chart = prepareDemoChart(english, run([lane("lte-only", 70), lane("wifi-only", 140), lane("lte-wifi", 205.8)]));
  const values = (id: string) => chart.data.series.find((series) => series.id === id)?.values ?? [];

  it("has one axis, fixed by the links before the first byte", () => {
    expect(chart.yMax).toBeCloseTo(225e6 * 1.05);
    const before = prepareDemoChart(
      english,
      run([lane("lte-only", 70, { state: "waiting", samples: [], elapsedMs: null })]),
    );
    expect(before.yMax).toBe(chart.yMax);
    expect(before.xRange[1]).toBeGreaterThan(10);
  });

  it("splits the payload of LTE + WiFi by what the interfaces carried", () => {
    const at = chart.data.xs.indexOf(2);
    expect(values("lte-part")[at]).toBeCloseTo(205.8e6 / 3, -4);
    expect((values("lte-part")[at] ?? 0) + (values("wifi-part")[at] ?? 0)).toBeCloseTo(values("lte-wifi")[at] ?? 0);
  });

  it("ends each lane at its own end and names the measured references", () => {
    expect(values("lte-wifi").at(-1)).toBeNull();
    expect(values("lte-only").at(-1)).not.toBeNull();
    expect(chart.references.map(({ value }) => Math.round(value / 1e6))).toEqual([140, 210]);
  });
});

describe("faults of a run", () => {
  const broken = run([
    lane("lte-wifi", 210, {
      faults: [
        { tMs: 1000, access: "wifi", fault: "down", stallMs: 1312 },
        { tMs: 3000, access: "wifi", fault: "none", stallMs: 0 },
      ],
    }),
  ]);

  it("are told with the stall that was measured", () => {
    expect(prepareFaults(english, broken).map(({ at, what, stall }) => [at, what, stall])).toEqual([
      ["1.0 s", "WiFi down", "1,312 ms stall"],
      ["3.0 s", "WiFi restored", "no stall"],
    ]);
    expect(prepareFaultMarks(english, broken).map(({ x, label }) => [x, label])[0]).toEqual([
      1,
      "LTE + WiFi: WiFi down, 1,312 ms stall",
    ]);
    expect(prepareFaults(english, run([lane("lte-wifi", 210)]))).toEqual([]);
  });

  it("are replayed when they came, no longer than has passed", () => {
    expect(prepareReplay(broken, 900).lanes[0]?.faults).toEqual([]);
    expect(prepareReplay(broken, 1400).lanes[0]?.faults.map(({ stallMs }) => stallMs)).toEqual([400]);
    expect(prepareReplay(broken, 3100).lanes[0]?.faults.map(({ stallMs }) => stallMs)).toEqual([1312, 0]);
  });
});

describe("the export of a run", () => {
  const whole = run([lane("lte-only", 70), lane("wifi-only", 140), lane("lte-wifi", 205.8)]);

  it("has every sample as a row, and the whole run as JSON", () => {
    const rows = runCsv(whole).split("\r\n");
    expect(rows[0]).toBe("lane,t_ms,delivered_bytes,lte_bytes,wifi_bytes");
    expect(rows[1]).toBe("lte-only,200,1750000,1837500,0");
    expect(rows).toHaveLength(2 + whole.lanes.reduce((sum, { samples }) => sum + samples.length, 0));
    expect(JSON.parse(runJson(whole))).toEqual(whole);
  });

  it("says in a picture what was run, with which result, and that it is a recording", () => {
    const lines = pictureLines(english, whole);
    expect(lines[0]).toBe("Twinpath, City, 100 MB, 2026-01-01T00:00:00Z, RECORDED, finished");
    expect(lines[1]).toContain("LTE only 11.4 s, 70.0 Mbit/s");
    expect(lines[2]).toBe("2.9× LTE only  ·  1.47× the best single path  ·  98.0 % of the sum of both paths");
    expect(exportName(whole)).toBe("twinpath-run-2026-01-01-00-00-00-run");
  });
});

describe("repeats of a run", () => {
  const three = (mbps: number): DemoRun => run([lane("lte-only", 70), lane("wifi-only", 140), lane("lte-wifi", mbps)]);
  const { request } = three(200);

  it("have a median, a least and a most", () => {
    expect(spreadOf([])).toBeNull();
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3, count: 3 });
    expect(spreadOf([4, 1, 2, 3])).toMatchObject({ median: 2.5, count: 4 });
  });

  it("are the finished runs of the same kind, undisturbed", () => {
    const faults = [{ tMs: 10, access: "wifi" as const, fault: "down" as const, stallMs: 20 }];
    const broken = three(100);
    const runs = [
      three(196),
      three(203),
      three(210),
      { ...three(20), state: "failed" as const },
      { ...three(20), request: { ...request, sizeBytes: 2 * sizeBytes } },
      { ...broken, lanes: broken.lanes.map((one) => ({ ...one, faults })) },
      { ...broken, testbed: broken.testbed && { ...broken.testbed, lte: { rateMbps: 1, rttMs: 1, lossPercent: 0 } } },
      run([lane("lte-wifi", 20)]),
    ];
    const spread = prepareSpread(english, runs, request);
    expect(spread.runs).toBe(3);
    expect(spread.overLte?.median).toBeCloseTo(2.9);
    expect(spread.overLte?.least).toBeCloseTo(2.8);
    expect(spread.efficiency?.most).toBeCloseTo(1);
  });
});

describe("prepareReplay", () => {
  it("shows every lane as it was that long after its own start", () => {
    const whole = run([lane("lte-only", 70), lane("lte-wifi", 210)]);
    const early = prepareReplay(whole, 1000);
    expect(early.lanes.map((one) => one.state)).toEqual(["running", "running"]);
    expect(early.lanes[0]?.samples).toHaveLength(5);
    expect(prepareReplay(whole, 5000).lanes.map((one) => one.state)).toEqual(["running", "finished"]);
    expect(prepareReplay(whole, 60_000)).toEqual(whole);
  });
});

describe("a run on a device", () => {
  const onDevice = (lanes: LaneReport[], name = "Phone of the fair"): DemoRun => {
    const base = run(lanes);
    const links = { lte: null, wifi: null };
    const status = { links, refusals: [], sourceUrl: "", takesUploads: false, proxy: "", kernel: "6.18" };
    const device = { ...status, name, objectSha256: { [String(sizeBytes)]: sha } };
    return { ...base, request: { ...base.request, device: "ue-1" }, testbed: null, device };
  };
  const lanes = [lane("lte-only", 70), lane("wifi-only", 140), lane("lte-wifi", 205.8)];

  it("has axes that grow by steps with what is measured, for nobody knows its links", () => {
    const begun = prepareDemoChart(english, onDevice([lane("lte-only", 70, { state: "waiting", samples: [] })]));
    expect([begun.xRange[1], begun.yMax]).toEqual([10, 10e6]);
    const chart = prepareDemoChart(english, onDevice(lanes));
    expect([chart.xRange[1], chart.yMax]).toEqual([20, 500e6]);
  });

  it("is compared by its object's SHA-256, and called by its device", () => {
    const whole = onDevice(lanes);
    expect(whole.lanes.map((one) => compareSha(whole, one))).toEqual(["equal", "equal", "equal"]);
    expect(pictureLines(english, whole)[0]).toContain("Twinpath, Phone of the fair, 100 MB");
    expect(pictureLines(english, onDevice(lanes, ""))[0]).toContain("Twinpath, A device, 100 MB");
  });

  it("is a repeat of runs on the same device alone", () => {
    const whole = onDevice(lanes);
    const other = { ...whole, request: { ...whole.request, device: "ue-2" } };
    const runs = [whole, other, run(lanes), onDevice(lanes)];
    expect(prepareSpread(english, runs, whole.request).runs).toBe(2);
    expect(prepareSpread(english, runs, run(lanes).request).runs).toBe(1);
  });
});
