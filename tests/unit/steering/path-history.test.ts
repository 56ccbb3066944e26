import { constants } from "node:os";
import { beforeEach, describe, expect, it } from "vitest";
import type { PathsReading } from "@/lib/mptcp/face";
import { PathHistory } from "@/lib/steering/path-history";
import type { SteeringEvent } from "@/lib/steering/steering-event";
import { accessOf, ends, pathEvent, pathReading, pathsReading } from "./readings";

let told: SteeringEvent[];
let history: PathHistory;

const both = (wifiBytes: number, lteBytes: number): PathsReading =>
  pathsReading([pathReading(1, ends.wifi, wifiBytes), pathReading(2, ends.lte, lteBytes)]);
const lteOnly = (lteBytes: number): PathsReading => pathsReading([pathReading(2, ends.lte, lteBytes)]);
const words = (): string[] => told.map(({ access, kind, cause, actor }) => `${access} ${kind}: ${cause} (${actor})`);

function pathOf(id: number) {
  const path = history.paths.get(id);
  if (path === undefined) throw new Error(`path ${id} is not known`);
  return path;
}

beforeEach(() => {
  told = [];
  history = new PathHistory(accessOf, (event) => told.push(event));
});

describe("PathHistory", () => {
  it("tells of the first path and of one that the device joins, once each", () => {
    history.follow(pathsReading([pathReading(1, ends.wifi, 0)]), 0);
    expect(history.follow(both(10, 0), 10).map(({ id }) => id)).toEqual([2]);
    history.follow(both(20, 5), 20);
    expect(words()).toEqual(["wifi joined: connected (agent)", "lte joined: device-joined (agent)"]);
  });

  it("tells a stall, where its bytes went, and the recovery from the same address", () => {
    history.follow(both(0, 0), 0);
    told = [];
    history.destroyed(pathOf(1), "stalled");
    history.follow(lteOnly(0), 10);
    history.follow(lteOnly(1000), 20);
    const again = { ...ends.wifi, remote: { ...ends.wifi.remote, port: 40_001 } };
    history.follow(pathsReading([pathReading(2, ends.lte, 2000), pathReading(3, again, 0)]), 500);
    expect(words()).toEqual([
      "wifi stalled: stalled (proxy)",
      "wifi closed: stalled (proxy)",
      "lte moved: stalled (kernel)",
      "wifi recovered: stall-over (agent)",
    ]);
  });

  it("names a withdrawn address, also of the first path, which has id 0", () => {
    history.follow(both(0, 0), 0);
    told = [];
    history.note(pathEvent("removed", { remoteId: 0 }), 5);
    history.note(pathEvent("subflow-closed", ends.wifi), 5);
    history.follow(lteOnly(0), 10);
    expect(words()).toEqual(["wifi closed: address-withdrawn (agent)"]);
  });

  it("waits a moment for the reason of an end, and takes the kernel's", () => {
    history.follow(both(0, 0), 0);
    told = [];
    history.follow(lteOnly(0), 10);
    expect(told).toEqual([]);
    history.follow(lteOnly(0), 20);
    history.follow(lteOnly(0), 80);
    expect(words()).toEqual(["wifi closed: peer-closed (agent)"]);
    history.note(pathEvent("subflow-closed", { ...ends.lte, errno: constants.errno.ETIMEDOUT }), 90);
    history.follow(pathsReading([]), 91);
  });

  it("counts a closed first path that stays listed as gone", () => {
    history.follow(both(0, 0), 0);
    told = [];
    history.note(pathEvent("subflow-closed", { ...ends.wifi, errno: constants.errno.ECONNRESET }), 5);
    history.follow(
      pathsReading([pathReading(1, ends.wifi, 0, { isEstablished: false }), pathReading(2, ends.lte, 0)]),
      10,
    );
    expect(words()).toEqual(["wifi closed: peer-reset (agent)"]);
    expect(pathOf(1).isOpen).toBe(false);
  });

  it("tells marks, but not those that only hold a share", () => {
    history.follow(both(0, 0), 0);
    told = [];
    history.markedBackup(pathOf(2), true, "wifi-suffices");
    history.markedBackup(pathOf(2), false, "share-free");
    history.note(pathEvent("subflow-priority", { ...ends.lte, isBackup: true }), 5);
    expect(words()).toEqual([
      "lte priority-changed: wifi-suffices (policy)",
      "lte priority-changed: device-asked (agent)",
    ]);
    expect(pathOf(2)).toMatchObject({ isBackup: false, isPeerBackup: true });
  });

  it("tells a fallback once, and the end of every path with the session", () => {
    history.follow(both(0, 0), 0);
    told = [];
    history.follow(pathsReading([], { kind: "tcp-fallback" }), 10);
    history.follow(pathsReading([], { kind: "tcp-fallback" }), 20);
    history.end();
    expect(words()).toEqual([
      "null fallback: options-stripped (kernel)",
      "wifi closed: session-ended (kernel)",
      "lte closed: session-ended (kernel)",
    ]);
  });
});
