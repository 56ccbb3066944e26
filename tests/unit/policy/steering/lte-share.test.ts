import { describe, expect, it } from "vitest";
import { SteeringController } from "@/lib/policy/steering/steering-controller";
import { lteAndWifi, Plant, shares, totalMbps } from "./plant";

const settings = { steering: "lte-share", lteSharePercent: 20, wifiSufficientMbps: null, canPace: true } as const;

describe("lte-share", () => {
  describe.each([
    [75, 150],
    [300, 867],
  ])("LTE %i, WiFi %i Mbit/s", (lteMbps, wifiMbps) => {
    it.each([
      [5, 0.96],
      [10, 0.96],
      [20, 0.96],
      [40, 0.96],
      [20, 0.9],
      [20, 1.04],
    ])("paced at %i %% (pacing gives %f) holds within a point over any 3 s after 3 s", (percent, gain) => {
      const plant = new Plant(null, gain);
      const [lte, wifi] = lteAndWifi(lteMbps, wifiMbps);
      plant.join(wifi);
      plant.join(lte);
      const controller = new SteeringController({ ...settings, lteSharePercent: percent });
      plant.run(20_000, 10, (reading) => controller.step(reading));
      const found = shares(plant.samples, 3000);
      const possible = Math.min(wifiMbps / (1 - percent / 100), wifiMbps + lteMbps);
      const expectedShare = 100 * (1 - wifiMbps / possible);
      expect(Math.min(...found)).toBeGreaterThan(expectedShare - 1);
      expect(Math.max(...found)).toBeLessThan(expectedShare + 1);
      expect(totalMbps(plant.samples, 3000, 20_000)).toBeGreaterThan(0.95 * possible);
    });

    it.each([5, 10, 20, 40])("switched at %i %% holds within 2.5 points", (percent) => {
      const plant = new Plant(null);
      const [lte, wifi] = lteAndWifi(lteMbps, wifiMbps);
      plant.join(wifi);
      plant.join(lte);
      const controller = new SteeringController({ ...settings, lteSharePercent: percent, canPace: false });
      plant.run(20_000, 20, (reading) => controller.step(reading));
      const found = shares(plant.samples, 3000);
      const possible = Math.min(wifiMbps / (1 - percent / 100), wifiMbps + lteMbps);
      const expectedShare = 100 * (1 - wifiMbps / possible);
      expect(Math.min(...found)).toBeGreaterThan(expectedShare - 2.5);
      expect(Math.max(...found)).toBeLessThan(expectedShare + 2.5);
    });
  });

  it("lets LTE find its rate anew when it is freed, and again when it is used after that", () => {
    const plant = new Plant(null);
    const [lte, wifi] = lteAndWifi(75, 150);
    plant.join(wifi);
    plant.join(lte);
    const controller = new SteeringController(settings);
    const restartsDuring = (ms: number): number => {
      const told = plant.log.length;
      plant.run(ms, 10, (reading) => controller.step(reading));
      return plant.log.slice(told).filter((action) => action.kind === "rate" && action.isRestart).length;
    };
    const free = { ...settings, lteSharePercent: null };
    expect(restartsDuring(3000)).toBe(0);
    controller.setSettings({ ...free, steering: "wifi-first" });
    expect(restartsDuring(2000)).toBe(1);
    controller.setSettings({ ...free, steering: "aggregate" });
    expect(restartsDuring(2000)).toBe(1);
    controller.setSettings(settings);
    expect(restartsDuring(3000)).toBe(0);
    controller.setSettings({ ...free, steering: "aggregate" });
    expect(restartsDuring(2000)).toBe(1);
  });

  it.each([20, 50, 100, 140])(
    "leaves LTE without payload while an application of %i Mbit/s is served by WiFi",
    (mbps) => {
      const plant = new Plant(() => mbps);
      const [lte, wifi] = lteAndWifi(75, 150);
      plant.join(wifi);
      plant.join(lte);
      const controller = new SteeringController(settings);
      plant.run(12_000, 10, (reading) => controller.step(reading));
      const atSecond = plant.samples.find(({ atMs }) => atMs >= 1000);
      expect(plant.deliveredBytes().lte).toBe(atSecond?.lte);
      expect(totalMbps(plant.samples, 2000, 12_000)).toBeGreaterThan(0.98 * mbps);
      expect(plant.log.filter(({ kind }) => kind === "backup")).toHaveLength(1);
    },
  );

  it("does not take bytes that wait at two readings for bytes that waited all the time between", () => {
    const plant = new Plant(() => 20);
    const [lte, wifi] = lteAndWifi(75, 150);
    plant.join(wifi);
    plant.join(lte);
    const controller = new SteeringController(settings);
    plant.run(2000, 10, (reading) => controller.step(reading));
    plant.run(800, 400, (reading) => controller.step({ ...reading, everyMs: 10, unsentBytes: 100_000 }));
    plant.run(2000, 10, (reading) => controller.step(reading));
    expect(plant.log.flatMap((entry) => (entry.kind === "backup" ? [entry.isBackup] : []))).toEqual([true]);
  });

  it("leaves LTE without payload while WiFi reaches the sufficient rate, though more is wanted", () => {
    const plant = new Plant(null);
    const [lte, wifi] = lteAndWifi(75, 150);
    plant.join(wifi);
    plant.join(lte);
    const controller = new SteeringController({ ...settings, wifiSufficientMbps: 100 });
    plant.run(12_000, 10, (reading) => controller.step(reading));
    expect(plant.deliveredBytes().lte).toBe(plant.samples.find(({ atMs }) => atMs >= 1000)?.lte);
  });

  it("counts what the subscriber's other sessions get over WiFi as sufficient too", () => {
    const plant = new Plant(null);
    const [lte, wifi] = lteAndWifi(75, 30);
    plant.join(wifi);
    plant.join(lte);
    const controller = new SteeringController({ ...settings, wifiSufficientMbps: 100 });
    const run = (ms: number, otherMbps: number): number => {
      const before = plant.deliveredBytes().lte;
      plant.run(ms, 10, (reading) => controller.step({ ...reading, otherWifiBytesPerSecond: otherMbps * 125_000 }));
      return plant.deliveredBytes().lte - before;
    };
    run(2000, 90);
    expect(run(3000, 90)).toBe(0);
    expect(run(3000, 10)).toBeGreaterThan(1_000_000);
    run(1500, 90);
    expect(run(3000, 90)).toBe(0);
  });

  it("joins in when WiFi falls below the sufficient rate, and leaves when it is back, once each", () => {
    const plant = new Plant(null);
    const [lte, wifi] = lteAndWifi(75, 150);
    plant.join({ ...wifi, mbps: (atMs) => (atMs > 5000 && atMs < 12_000 ? 60 : 150) });
    plant.join(lte);
    const controller = new SteeringController({ ...settings, wifiSufficientMbps: 100 });
    plant.run(20_000, 10, (reading) => controller.step(reading));
    const marks = plant.log.flatMap((entry) => (entry.kind === "backup" ? [entry] : []));
    expect(marks.map(({ isBackup, cause }) => [isBackup, cause])).toEqual([
      [true, "wifi-suffices"],
      [false, "wifi-is-short"],
      [true, "wifi-suffices"],
    ]);
    expect(marks[1]?.atMs).toBeLessThan(6500);
    expect(marks[2]?.atMs).toBeLessThan(14_000);
    const assisted = shares(plant.samples, 8000).slice(0, 10);
    expect(Math.min(...assisted)).toBeGreaterThan(19);
    expect(Math.max(...assisted)).toBeLessThan(21);
  });

  it.each([
    [10, 0.2],
    [40, 0.5],
  ])(
    "holds %i per cent within %f points while congestion control pauses WiFi, and never starts LTE anew meanwhile",
    (percent, points) => {
      const plant = new Plant(null);
      const [lte, wifi] = lteAndWifi(75, 75);
      const isPausing = (atMs: number): boolean => atMs % 5000 >= 900 && atMs % 5000 < 1100;
      plant.join({ ...wifi, isPausing });
      plant.join(lte);
      const controller = new SteeringController({ ...settings, lteSharePercent: percent });
      plant.run(20_000, 10, (reading) => controller.step(reading));
      const found = shares(plant.samples, 3000);
      expect(Math.min(...found)).toBeGreaterThan(percent - points);
      expect(Math.max(...found)).toBeLessThan(percent + points);
      const starts = plant.log.filter((action) => action.kind === "rate" && action.isRestart);
      expect(starts.length).toBeGreaterThan(0);
      expect(starts.filter(({ atMs }) => isPausing(atMs))).toEqual([]);
    },
  );

  it("without pacing lets LTE on at no moment of such a pause", () => {
    const plant = new Plant(null);
    const [lte, wifi] = lteAndWifi(75, 150);
    const inPause = (atMs: number, fromMs = 900): boolean => atMs % 2000 >= fromMs && atMs % 2000 < 1100;
    plant.join({ ...wifi, isPausing: inPause });
    plant.join(lte);
    const controller = new SteeringController({ ...settings, lteSharePercent: 20, canPace: false });
    plant.run(20_000, 20, (reading) => controller.step(reading));
    const letOn = plant.log.flatMap((entry) => (entry.kind === "backup" && !entry.isBackup ? [entry.atMs] : []));
    expect(letOn.length).toBeGreaterThan(10);
    // What was in flight when it began has to arrive before it shows.
    expect(letOn.filter((atMs) => inPause(atMs, 960))).toEqual([]);
  });

  it("without pacing goes on bounding what a socket holds when the class does not share any more", () => {
    const plant = new Plant(null);
    const [lte, wifi] = lteAndWifi(75, 150);
    plant.join({ ...wifi, mbps: (atMs) => (atMs < 4000 ? 20 : 800) });
    plant.join(lte);
    const controller = new SteeringController({ ...settings, canPace: false });
    const step = controller.step.bind(controller);
    plant.run(3500, 20, step);
    const atFirst = controller.takeSendBound() ?? Number.NaN;
    controller.setSettings({ ...settings, steering: "aggregate", lteSharePercent: null, canPace: false });
    plant.run(6000, 20, step);
    expect(controller.takeSendBound()).toBeGreaterThan(1.5 * atFirst);
  });

  it("follows a WiFi rate that halves and doubles without a visible swing", () => {
    const plant = new Plant(null);
    const [lte, wifi] = lteAndWifi(75, 150);
    plant.join({ ...wifi, mbps: (atMs) => (Math.floor(atMs / 6000) % 2 === 0 ? 150 : 75) });
    plant.join(lte);
    const controller = new SteeringController(settings);
    plant.run(30_000, 10, (reading) => controller.step(reading));
    const found = shares(plant.samples, 3000);
    expect(Math.min(...found)).toBeGreaterThan(17);
    expect(Math.max(...found)).toBeLessThan(23);
  });

  it("takes a new share in a second, and an other class too", () => {
    const plant = new Plant(null);
    const [lte, wifi] = lteAndWifi(75, 150);
    plant.join(wifi);
    plant.join(lte);
    const controller = new SteeringController(settings);
    const step = controller.step.bind(controller);
    plant.run(6000, 10, step);
    controller.setSettings({ ...settings, lteSharePercent: 10 });
    plant.run(5000, 10, step);
    const second = shares(plant.samples, 7000, 1000).slice(0, 40);
    expect(Math.min(...second)).toBeGreaterThan(8);
    expect(Math.max(...second)).toBeLessThan(12);
    controller.setSettings({ ...settings, steering: "aggregate" });
    plant.run(4000, 10, step);
    expect(totalMbps(plant.samples, 13_000, 15_000)).toBeGreaterThan(215);
    controller.setSettings({ ...settings, steering: "wifi-first" });
    plant.run(4000, 10, step);
    const [last = Number.NaN] = shares(plant.samples, 17_000, 1000);
    expect(last).toBeLessThan(0.5);
  });

  it("gives LTE all it can while WiFi is away, and takes it back when WiFi returns", () => {
    const plant = new Plant(null);
    const [lte, wifi] = lteAndWifi(75, 150);
    const first = plant.join(wifi);
    plant.join(lte);
    const controller = new SteeringController(settings);
    const step = controller.step.bind(controller);
    plant.run(5000, 10, step);
    plant.remove(first);
    plant.run(4000, 10, step);
    expect(totalMbps(plant.samples, 6000, 9000)).toBeGreaterThan(70);
    plant.join(wifi);
    plant.run(9000, 10, step);
    const found = shares(plant.samples, 12_000);
    expect(Math.min(...found)).toBeGreaterThan(19);
    expect(Math.max(...found)).toBeLessThan(21);
  });

  it("keeps LTE out where the share is zero, or too little to be of help", () => {
    for (const change of [{ lteSharePercent: 0 }, { lteSharePercent: null }, { lteSharePercent: 0.1 }]) {
      const plant = new Plant(null);
      const [lte, wifi] = lteAndWifi(75, 100);
      plant.join(wifi);
      plant.join(lte);
      const controller = new SteeringController({ ...settings, ...change });
      plant.run(6000, 10, (reading) => controller.step(reading));
      expect(plant.deliveredBytes().lte).toBe(plant.samples.find(({ atMs }) => atMs >= 1000)?.lte);
    }
  });
});
