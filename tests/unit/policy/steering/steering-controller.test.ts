import { describe, expect, it } from "vitest";
import { silenceLimitMs } from "@/lib/policy/steering/path-health";
import { SteeringController } from "@/lib/policy/steering/steering-controller";
import type { SteeringAction, SteeringReading, SteeringSettings } from "@/lib/policy/steering/steering-types";
import { type Link, lteAndWifi, Plant, shares, totalMbps } from "./plant";

const gold: SteeringSettings = {
  steering: "aggregate",
  lteSharePercent: null,
  wifiSufficientMbps: null,
  canPace: true,
};
const bronze: SteeringSettings = { ...gold, steering: "wifi-first" };
const silver: SteeringSettings = { ...gold, steering: "lte-share", lteSharePercent: 20 };

function start(settings: SteeringSettings, links: Link[], appMbps: number | null = null, seed = 1) {
  const plant = new Plant(appMbps === null ? null : () => appMbps, 0.96, seed);
  const subflows = links.map((link) => plant.join(link));
  const controller = new SteeringController(settings);
  const run = (ms: number, everyMs = 10): void => plant.run(ms, everyMs, (reading) => controller.step(reading));
  const destroyed = (): (SteeringAction & { atMs: number })[] => plant.log.filter(({ kind }) => kind === "destroy");
  return { plant, subflows, controller, run, destroyed };
}

/** The link until `fromMs`, and what it becomes then. */
function turning(link: Link, fromMs: number, mbps: number): Link {
  return { ...link, mbps: (atMs) => (atMs < fromMs ? link.mbps(atMs) : mbps) };
}

/** What the same paths carry where nothing is bounded. */
function unboundMbps(links: Link[], fromMs: number, toMs: number): number {
  const { plant, run } = start({ ...gold, canPace: false }, links);
  run(toMs);
  return totalMbps(plant.samples, fromMs, toMs);
}

describe("aggregate", () => {
  it("leaves both paths alone where it cannot pace", () => {
    const { plant, run } = start({ ...gold, canPace: false }, lteAndWifi(75, 150));
    run(8000);
    expect(plant.log).toEqual([]);
    expect(totalMbps(plant.samples, 2000, 8000)).toBeGreaterThan(0.97 * 225);
  });

  it.each([
    { lteMbps: 75, wifiMbps: 150, lteRttMs: 40 },
    { lteMbps: 75, wifiMbps: 150, lteRttMs: 200 },
    { lteMbps: 300, wifiMbps: 867, lteRttMs: 40 },
    { lteMbps: 100, wifiMbps: 10, lteRttMs: 40 },
  ])("keeps queues short at full rate ($lteMbps + $wifiMbps Mbit/s, LTE $lteRttMs ms)", (link) => {
    const [lte, wifi] = lteAndWifi(link.lteMbps, link.wifiMbps);
    const links = [wifi, { ...lte, rttMs: link.lteRttMs }];
    const { plant, subflows, run } = start(gold, links);
    run(8000);
    expect(totalMbps(plant.samples, 1000, 8000)).toBeGreaterThan(0.98 * unboundMbps(links, 1000, 8000));
    expect(plant.log.every((action) => action.kind === "rate" && action.bytesPerSecond === null)).toBe(true);
    expect(plant.log.length).toBeLessThan(60);
    const longestRttMs = Math.max(link.lteRttMs, 15);
    for (const { waiting, inFlight, link: own } of subflows) {
      const holdMs = (waiting + inFlight) / (own.mbps(8000) * 125);
      expect(holdMs).toBeLessThan(Math.max(1.25 * longestRttMs, longestRttMs + 10) + 100);
    }
  });

  it("follows a path that gets faster", () => {
    const [lte, wifi] = lteAndWifi(75, 20);
    const links = [turning(wifi, 4000, 150), lte];
    const { plant, run } = start(gold, links);
    run(12_000);
    expect(totalMbps(plant.samples, 5000, 12_000)).toBeGreaterThan(0.95 * unboundMbps(links, 5000, 12_000));
  });

  it("lifts a bound that holds a path back whose round trip has grown", () => {
    const [lte, wifi] = lteAndWifi(75, 150);
    const links: Link[] = [wifi, { ...lte, rttMs: (atMs) => (atMs < 4000 ? 40 : 200) }];
    const { plant, run } = start(gold, links);
    run(14_000);
    expect(totalMbps(plant.samples, 6000, 14_000)).toBeGreaterThan(0.95 * unboundMbps(links, 6000, 14_000));
  });

  it("lets LTE find its rate again when it was paced before", () => {
    const links = lteAndWifi(75, 150);
    const { plant, run, controller } = start(silver, links);
    run(5000);
    controller.setSettings(gold);
    run(1500);
    const before = plant.deliveredBytes().lte;
    run(2000);
    expect((plant.deliveredBytes().lte - before) * 0.004).toBeGreaterThan(0.8 * 75_000);
  });

  it("takes the backup flag off a path that joined with it", () => {
    const [lte, wifi] = lteAndWifi(75, 150);
    const { plant, run } = start(gold, [wifi]);
    plant.join(lte, true);
    run(100);
    expect(plant.log).toMatchObject([{ kind: "backup", subflowId: 2, isBackup: false, cause: "both-paths" }]);
  });

  it.each([true, false])("holds an LTE cap (pacing: %s)", (canPace) => {
    const { plant, run } = start({ ...gold, canPace }, lteAndWifi(75, 150));
    plant.lteLimit = 20 * 125_000;
    run(12_000, canPace ? 10 : 20);
    const start_ = plant.samples.find(({ atMs }) => atMs >= 3000);
    const lteMbps = ((plant.deliveredBytes().lte - (start_?.lte ?? 0)) * 0.008) / (plant.nowMs - (start_?.atMs ?? 0));
    expect(lteMbps).toBeLessThan(20.5);
    expect(lteMbps).toBeGreaterThan(18.5);
  });
});

describe("wifi-first", () => {
  it("sends nothing over LTE while WiFi works", () => {
    const [lte, wifi] = lteAndWifi(75, 150);
    const { plant, run } = start(bronze, [wifi, lte]);
    run(10_000);
    expect(Math.max(...shares(plant.samples, 1000))).toBe(0);
    expect(plant.log.filter(({ kind }) => kind !== "rate")).toHaveLength(1);
    expect(plant.log[0]).toMatchObject({ kind: "backup", isBackup: true, cause: "wifi-first" });
  });

  it.each([
    ["silent", 0],
    ["weak", 1],
  ])("takes LTE when WiFi is %s", (_, mbps) => {
    const [lte, wifi] = lteAndWifi(75, 150);
    const { plant, run, destroyed } = start(bronze, [turning(wifi, 5000, mbps), lte]);
    run(9000);
    expect(destroyed()).toMatchObject([{ subflowId: 1 }]);
    expect(totalMbps(plant.samples, 7000, 9000)).toBeGreaterThan(70);
  });
});

describe("path health", () => {
  it("moves off a silent path within a quarter of a second, whichever it is", () => {
    for (const index of [0, 1]) {
      const links = lteAndWifi(75, 150).map((link, at) => (at === index ? turning(link, 5000, 0) : link));
      const { run, destroyed } = start(gold, links);
      run(7000);
      expect(destroyed()).toMatchObject([{ subflowId: index + 1, cause: "stalled" }]);
      expect(destroyed()[0]?.atMs).toBeLessThan(5000 + 250);
    }
  });

  it("finds a silent WiFi within the same time plus 100 ms where LTE is idle", () => {
    for (const settings of [bronze, silver]) {
      const [lte, wifi] = lteAndWifi(75, 150);
      const { run, destroyed } = start(settings, [turning(wifi, 5000, 0), lte], 100);
      run(7000);
      expect(destroyed()).toMatchObject([{ subflowId: 1, cause: "stalled" }]);
      expect(destroyed()[0]?.atMs).toBeLessThan(5000 + 360);
    }
  });

  it("moves off a path that has become too slow in time to have the other's rate 1.5 s later", () => {
    for (const settings of [gold, silver, bronze]) {
      const [lte, wifi] = lteAndWifi(75, 150);
      const { plant, run, destroyed } = start(settings, [lte, turning(wifi, 5000, 1)]);
      run(9000);
      expect(destroyed()).toHaveLength(1);
      expect(destroyed()[0]?.atMs).toBeLessThan(6300);
      expect(totalMbps(plant.samples, 6500, 9000)).toBeGreaterThan(0.9 * 75);
    }
  });

  it("never resets the last path, nor both that fall silent together", () => {
    const [lte, wifi] = lteAndWifi(75, 150);
    const alone = start(gold, [turning(wifi, 3000, 0)]);
    alone.run(8000);
    expect(alone.destroyed()).toEqual([]);
    const both = start(gold, [turning(wifi, 3000, 0), turning(lte, 3000, 0)]);
    both.run(8000);
    expect(both.destroyed()).toEqual([]);
    const busyOnce = start(gold, [turning(wifi, 3000, 0), turning(lte, 5000, 0)]);
    busyOnce.run(9000);
    expect(busyOnce.destroyed()).toMatchObject([{ subflowId: 1 }]);
  });

  it("gives up a path that is of no use from the start", () => {
    const [lte, wifi] = lteAndWifi(75, 0.8);
    const { plant, run, destroyed } = start(bronze, [wifi, lte]);
    run(8000);
    expect(destroyed()).toMatchObject([{ subflowId: 1, cause: "too-slow" }]);
    expect(totalMbps(plant.samples, 6000, 8000)).toBeGreaterThan(70);
  });

  it("takes a pause of everything for no stall of one path", () => {
    for (let pauseMs = 50; pauseMs <= 600; pauseMs += 50) {
      const paused = (link: Link): Link => ({
        ...link,
        mbps: (atMs) => (atMs >= 4000 && atMs < 4000 + pauseMs ? 0 : link.mbps(atMs)),
      });
      const { run, destroyed } = start(gold, lteAndWifi(75, 150).map(paused));
      run(7000);
      expect(destroyed()).toEqual([]);
    }
  });

  it("resets no healthy path in 300 starts of many kinds", () => {
    let seed = 7;
    const below = (limit: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return (seed / 2 ** 32) * limit;
    };
    for (let index = 0; index < 300; index += 1) {
      const links = [
        {
          access: "lte" as const,
          mbps: (
            (rate) => () =>
              rate
          )(2 + below(298)),
          rttMs: 20 + below(180),
          queueMs: 20 + below(500),
        },
        {
          access: "wifi" as const,
          mbps: (
            (rate) => () =>
              rate
          )(5 + below(860)),
          rttMs: 2 + below(60),
          queueMs: 10 + below(200),
        },
      ];
      const settings = [gold, silver, bronze, { ...silver, canPace: false }][index % 4] ?? gold;
      const { run, destroyed } = start(
        settings,
        below(2) < 1 ? links : links.reverse(),
        below(3) < 1 ? below(100) : null,
        index + 1,
      );
      run(4050, [10, 20, 150, 300, 500][index % 5]);
      expect(destroyed(), JSON.stringify(links)).toEqual([]);
    }
  });

  it.each([150, 250, 500])("finds a stall also where many sessions leave %i ms between readings", (everyMs) => {
    const [lte, wifi] = lteAndWifi(75, 150);
    const { run, destroyed } = start(gold, [turning(wifi, 3000, 0), lte]);
    run(6000, everyMs);
    expect(destroyed()).toMatchObject([{ cause: "stalled" }]);
    expect(destroyed()[0]?.atMs).toBeLessThan(3400 + 2 * everyMs);
  });

  it("takes a pause for no stall where the subscriber's other sessions go on over the same link, but for seconds", () => {
    const [lte, wifi] = lteAndWifi(75, 150);
    const { plant, controller, destroyed } = start(gold, [turning(wifi, 3000, 0), lte]);
    plant.run(7000, 10, (reading) => {
      const link = { progressMs: reading.nowMs - 20, bytesPerSecond: 1e7, bestBytesPerSecond: 1.5e7 };
      return controller.step({ ...reading, subflows: reading.subflows.map((subflow) => ({ ...subflow, link })) });
    });
    expect(destroyed()).toMatchObject([{ subflowId: 1, cause: "stalled" }]);
    expect(destroyed()[0]?.atMs).toBeGreaterThan(6000);
    expect(destroyed()[0]?.atMs).toBeLessThan(6400);
  });

  it("takes a gap in the readings for no stall", () => {
    const { plant, controller, run, destroyed } = start(gold, lteAndWifi(75, 150));
    run(3000);
    const frozen = plant.reading();
    for (const pauseMs of [150, 400, 3000]) plant.act(controller.step({ ...frozen, nowMs: frozen.nowMs + pauseMs }));
    expect(destroyed()).toEqual([]);
  });

  it("waits for a retransmission time-out's worth of silence, 130 ms at least, three round trips at most", () => {
    expect(silenceLimitMs(15, 2)).toBe(130);
    expect(silenceLimitMs(75, 5)).toBe(145);
    expect(silenceLimitMs(200, 20)).toBe(330);
    expect(silenceLimitMs(100, 200)).toBe(300);
    expect(silenceLimitMs(0, 0)).toBe(130);
  });
});

describe("orders", () => {
  it("are given again only when they had no effect for half a second", () => {
    const [lte, wifi] = lteAndWifi(75, 150);
    const { plant, controller } = start(bronze, [wifi, lte]);
    let orders = 0;
    for (let step = 0; step < 200; step += 1) {
      plant.step();
      orders += controller.step(plant.reading()).length;
    }
    expect(orders).toBe(2);
  });

  it("leave the steering to the other side while it sends", () => {
    const [lte, wifi] = lteAndWifi(75, 150);
    const { plant, controller } = start(silver, [wifi, lte], 0.1);
    const receiving = (mbps: number) => (reading: ReturnType<Plant["reading"]>) =>
      controller.step({
        ...reading,
        subflows: reading.subflows.map((one) => ({ ...one, receivedBytes: Math.round(reading.nowMs * mbps * 125) })),
      });
    plant.run(1000, 10, receiving(0));
    expect(plant.subflows[1]?.isBackup).toBe(true);
    plant.run(1000, 10, receiving(50));
    expect(plant.subflows[1]?.isBackup).toBe(false);
    expect(plant.log.at(-1)).toMatchObject({ cause: "both-paths" });
  });
});

describe("a path that trickles", () => {
  /** Congestion control that has taken a path for far too slow: a segment every quarter of a second, acknowledged at once. */
  function trickle(nowMs: number): SteeringReading {
    const ackedBytes = 1448 * Math.floor(nowMs / 250);
    const common = { isEstablished: true, receivedBytes: 0, rttVarMs: 5, startBytes: null, link: null };
    const wifi = { id: 1, access: "wifi", isBackup: false, notSentBytes: 250_000, srttMs: 20, ...common } as const;
    const lte = { id: 2, access: "lte", isBackup: true, notSentBytes: 0, srttMs: 40, ...common } as const;
    return {
      nowMs,
      everyMs: 10,
      unsentBytes: 0,
      subflows: [
        { ...wifi, sentBytes: ackedBytes, ackedBytes, deliveredBytes: ackedBytes },
        { ...lte, sentBytes: 9000, ackedBytes: 9000, deliveredBytes: 9000 },
      ],
      lteLimitBytesPerSecond: null,
      otherWifiBytesPerSecond: 0,
    };
  }

  it("is left although nothing is on its way most of the time", () => {
    const controller = new SteeringController(silver);
    const actions: SteeringAction[] = [];
    for (let nowMs = 0; nowMs < 4000; nowMs += 10) actions.push(...controller.step(trickle(nowMs)));
    expect(actions.filter(({ kind }) => kind === "destroy")).toMatchObject([{ subflowId: 1, cause: "too-slow" }]);
  });
});

describe("a path whose rate is known from before", () => {
  const startBytes = 1_875_000;
  const wifi = {
    id: 1,
    access: "wifi",
    isEstablished: true,
    isBackup: false,
    sentBytes: 100_000,
    ackedBytes: 80_000,
    deliveredBytes: 80_000,
    receivedBytes: 0,
    notSentBytes: 250_000,
    srttMs: 15,
    rttVarMs: 2,
    startBytes: null,
    link: null,
  } as const;
  const lte = {
    ...wifi,
    id: 2,
    access: "lte",
    sentBytes: 0,
    ackedBytes: 0,
    deliveredBytes: 0,
    notSentBytes: 0,
    srttMs: 100,
  } as const;
  const reading = (nowMs: number): SteeringReading => ({
    nowMs,
    everyMs: 10,
    unsentBytes: 1_000_000,
    subflows: [wifi, { ...lte, startBytes: nowMs === 10 ? startBytes : null }],
    lteLimitBytesPerSecond: null,
    otherWifiBytesPerSecond: 0,
  });

  it("begins with that window, once", () => {
    const controller = new SteeringController(gold);
    const starts = [0, 10, 20].flatMap((nowMs) =>
      controller.step(reading(nowMs)).filter((action) => action.kind === "rate" && action.startBytes !== null),
    );
    expect(starts).toMatchObject([{ subflowId: 2, bytesPerSecond: null, isRestart: true, startBytes }]);
  });

  it("begins as usual where the class holds LTE back", () => {
    const controller = new SteeringController(silver);
    const actions = [0, 10, 20].flatMap((nowMs) => controller.step(reading(nowMs)));
    expect(actions.filter((action) => action.kind === "rate" && action.startBytes !== null)).toEqual([]);
  });
});
