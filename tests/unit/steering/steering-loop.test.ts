import pino from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PathManager, PathManagerEvent, PathReading, PathsReading, SubflowPace } from "@/lib/mptcp/face";
import { sleep } from "@/lib/shared/sleep";
import type { SteeringClass } from "@/lib/steering/steered-session";
import type { SteeringEvent } from "@/lib/steering/steering-event";
import { SteeringLoop } from "@/lib/steering/steering-loop";
import { accessOf, ends, pathEvent, pathReading, pathsReading } from "./readings";

const gold: SteeringClass = {
  steering: "aggregate",
  lteSharePercent: null,
  wifiSufficientMbps: null,
  lteRateBytesPerSecond: null,
};
const silver: SteeringClass = { ...gold, steering: "lte-share", lteSharePercent: 20 };
const bronze: SteeringClass = { ...gold, steering: "wifi-first" };
const idleMs = 1300;

/** A kernel that obeys: what the loop asks of it, in order, and the paths that it shows. */
let orders: string[];
let paces: SubflowPace[][];
let bounds: number[];
let paths: PathReading[];
let readings: number;
let moved: boolean;
let told: SteeringEvent[];
let tellPath: (event: PathManagerEvent) => void;
let refuse: boolean;
let loop: SteeringLoop;

const pathManager: Pick<PathManager, "setSubflowBackup" | "destroySubflow" | "onEvent"> = {
  setSubflowBackup: ({ remote }, isBackup) => {
    if (refuse) throw new Error("EINVAL");
    orders.push(`${accessOf({ local: remote, remote })} ${isBackup ? "backup" : "on"}`);
  },
  destroySubflow: ({ remote }) => {
    orders.push(`${accessOf({ local: remote, remote })} destroyed`);
  },
  onEvent: (listener) => {
    tellPath = listener;
    return () => {
      tellPath = () => {};
    };
  },
};

function start(isPacing: boolean): SteeringLoop {
  return new SteeringLoop({
    samplePaths: async (connections): Promise<PathsReading[]> => {
      if (connections === null && !moved) return [];
      readings += 1;
      return [pathsReading(paths)];
    },
    pathManager,
    pacer: isPacing ? { setRates: (batch) => paces.push([...batch]) } : null,
    boundSendBuffer: (_connection, bytes) => bounds.push(bytes),
    log: pino({ level: "silent" }),
  });
}

const connection = { id: 1, subscriber: "one", accessOf, onEvent: (event: SteeringEvent) => told.push(event) };

beforeEach(() => {
  [orders, paces, bounds, readings, moved, told, refuse] = [[], [], [], 0, false, [], false];
  paths = [pathReading(1, ends.wifi, 0), pathReading(2, ends.lte, 0)];
  loop = start(true);
});

afterEach(() => loop.stop());

describe("SteeringLoop", () => {
  it("marks LTE of class wifi-first at once, and lets it on when the class changes", async () => {
    const session = loop.add(connection, bronze);
    await sleep(50);
    expect(orders).toEqual(["lte backup"]);
    loop.setClass(session, gold);
    await sleep(50);
    expect(orders).toEqual(["lte backup", "lte on"]);
    expect(session.paths.get(2)?.isBackup).toBe(false);
  });

  it("reads the session of an event at once, and the many others in their turn", async () => {
    await loop.stop();
    const readOf = new Map<number, number>();
    loop = new SteeringLoop({
      samplePaths: async (connections) =>
        (connections ?? []).map((id) => {
          readOf.set(id, (readOf.get(id) ?? 0) + 1);
          return pathsReading(paths, { connection: id, token: id, unsentBytes: 1 });
        }),
      pathManager,
      pacer: null,
      boundSendBuffer: () => {},
      log: pino({ level: "silent" }),
    });
    for (let id = 1; id <= 200; id += 1) loop.add({ ...connection, id }, gold);
    await sleep(200);
    readOf.clear();
    for (let events = 0; events < 100; events += 1) {
      tellPath(pathEvent("announced", { token: 1 }));
      await sleep(5);
    }
    expect(readOf.get(2)).toBeGreaterThan(0);
    expect(readOf.get(1)).toBeGreaterThan(3 * (readOf.get(2) ?? Number.NaN));
  });

  it("holds a path that joins before any reading shows it", async () => {
    paths = [pathReading(1, ends.wifi, 0)];
    const session = loop.add(connection, silver);
    await sleep(30);
    tellPath(pathEvent("subflow-established", ends.lte));
    expect(orders).toEqual(["lte backup"]);
    paths = [pathReading(1, ends.wifi, 0), pathReading(2, ends.lte, 0)];
    await sleep(30);
    expect(orders).toEqual(["lte backup"]);
    expect(session.paths.get(2)?.isBackup).toBe(true);
  });

  it("limits what may wait on LTE of class lte-share before any rate", async () => {
    loop.add(connection, silver);
    await sleep(150);
    expect(paces[0]).toMatchObject([
      { subflow: { token: 7, ...ends.lte }, bytesPerSecond: null, unsentLimitBytes: 131_072, inFlightLimitBytes: null },
    ]);
  });

  it("bounds what the sockets hold where it cannot pace, once, and only for class lte-share", async () => {
    loop.add(connection, silver);
    await sleep(50);
    expect(bounds).toEqual([]);
    await loop.stop();
    loop = start(false);
    const session = loop.add(connection, gold);
    await sleep(50);
    expect(bounds).toEqual([]);
    loop.setClass(session, silver);
    await sleep(100);
    expect(bounds).toEqual([1_310_720]);
  });

  it("paces LTE to the subscriber's cap, and lifts it with the cap", async () => {
    const session = loop.add(connection, { ...gold, lteRateBytesPerSecond: 1_000_000 });
    await sleep(50);
    const [first] = paces.flat();
    expect(first?.subflow.remote).toEqual(ends.lte.remote);
    expect(first?.bytesPerSecond).toBeGreaterThan(500_000);
    expect(first?.bytesPerSecond).toBeLessThanOrEqual(1_250_000);
    loop.setClass(session, gold);
    await sleep(150);
    expect(paces.at(-1)).toMatchObject([{ bytesPerSecond: null, isRestart: true }]);
  });

  it("calls the pacer at most ten times a second where nothing is urgent", async () => {
    const session = loop.add(connection, { ...gold, lteRateBytesPerSecond: 1_000_000 });
    await sleep(50);
    const before = paces.length;
    for (let step = 1; step <= 50; step += 1) {
      loop.setClass(session, { ...gold, lteRateBytesPerSecond: 1_000_000 * (1 + step / 25) });
      await sleep(10);
    }
    expect(paces.length - before).toBeLessThanOrEqual(6);
  });

  it("reads an idle session no more, until bytes move", async () => {
    loop.add(connection, gold);
    await sleep(idleMs);
    const before = readings;
    await sleep(300);
    expect(readings).toBe(before);
    moved = true;
    await sleep(120);
    moved = false;
    expect(readings).toBeGreaterThan(before);
  });

  it("takes a refusal for a path that is gone, and goes on", async () => {
    refuse = true;
    const session = loop.add(connection, bronze);
    await sleep(50);
    expect(session.paths.get(2)?.isBackup).toBe(false);
    refuse = false;
    await sleep(700);
    expect(orders).toEqual(["lte backup"]);
  });

  it("orders nothing about plain TCP but rates", async () => {
    paths = [pathReading(0, ends.lte, 0)];
    await loop.stop();
    loop = new SteeringLoop({
      samplePaths: async () => [pathsReading(paths, { kind: "tcp", token: 0 })],
      pathManager,
      pacer: { setRates: (batch) => paces.push([...batch]) },
      boundSendBuffer: (_connection, bytes) => bounds.push(bytes),
      log: pino({ level: "silent" }),
    });
    loop.add(connection, { ...bronze, lteRateBytesPerSecond: 1_000_000 });
    await sleep(100);
    expect(orders).toEqual([]);
    expect(paces.flat()[0]).toMatchObject({ subflow: { token: 0 } });
  });

  it("tells the end of the paths when the session is removed", async () => {
    const session = loop.add(connection, gold);
    await sleep(30);
    loop.remove(session);
    expect(told.map(({ kind, cause }) => `${kind} ${cause}`)).toEqual([
      "joined connected",
      "joined device-joined",
      "closed session-ended",
      "closed session-ended",
    ]);
  });
});
