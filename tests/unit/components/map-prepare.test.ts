import { describe, expect, it } from "vitest";
import { layOutMap, type PlacedBox } from "@/components/map/layout-map";
import { linkSliders } from "@/components/map/prepare-link-form";
import { type MapFacts, newestVersion, prepareMap } from "@/components/map/prepare-map";
import { linkText, summariseMap } from "@/components/map/prepare-map-words";
import { lineWidth, widthScale } from "@/components/map/prepare-widths";
import type { TestbedStatus } from "@/lib/contracts/demo";
import type { DemoRun, LiveNode, LiveRates } from "@/lib/contracts/live";
import { telemetryBatch } from "../../factories/telemetry";
import { english } from "../../factories/words";

const { node: status } = telemetryBatch({ sequence: 1 });
const rate: LiveRates = {
  downloadBps: { lte: 70e6, wifi: 140e6, other: 0 },
  uploadBps: { lte: 1e6, wifi: 2e6, other: 0 },
};
const proxy = (id: string, changes: Partial<LiveNode> = {}): LiveNode => ({
  id,
  name: `Proxy ${id}`,
  kind: "proxy",
  health: "up",
  lastSeenAt: null,
  starts: 1,
  status: { ...status, policyVersion: 4 },
  retiring: [],
  order: null,
  rate,
  ...changes,
});
const testbed: TestbedStatus = {
  state: "running",
  preset: "city",
  lte: { rateMbps: 75, rttMs: 40, lossPercent: 0 },
  wifi: { rateMbps: 150, rttMs: 15, lossPercent: 0 },
  faults: { lte: { fault: "none", at: null }, wifi: { fault: "none", at: null } },
  delayMethod: "netem",
  congestionControl: "cubic",
  scheduler: "default",
  kernel: "6.18",
  objectSha256: {},
};
const lteRun: DemoRun = {
  id: "run",
  request: { preset: "city", device: null, direction: "download", sizeBytes: 100_000_000, lanes: ["lte-only"] },
  state: "running",
  createdAt: "2026-01-01T00:00:00Z",
  finishedAt: null,
  createdBy: "Ana",
  device: null,
  testbed,
  lanes: [
    {
      lane: "lte-only",
      state: "running",
      command: null,
      startedAt: null,
      elapsedMs: null,
      deliveredBytes: 18_000_000,
      sha256: null,
      error: null,
      faults: [],
      samples: [1000, 2000].map((tMs) => ({ tMs, lteBytes: tMs * 9000, wifiBytes: 0, deliveredBytes: tMs * 9000 })),
    },
  ],
};
const facts = (changes: Partial<MapFacts> = {}): MapFacts => ({
  nodes: [proxy("a")],
  testbed: null,
  run: null,
  direction: "downloadBps",
  inForceVersion: 4,
  hasOther: false,
  ...changes,
});
const linkOf = (id: string, of: MapFacts) => prepareMap(english, of).links.find((link) => link.id === id);
const placeOf = (id: string, of: MapFacts) => prepareMap(english, of).places.find((place) => place.id === id);

describe("the map of a fleet", () => {
  it("has devices, access networks, every proxy, the policy engine and content, and no sliders", () => {
    const map = prepareMap(english, facts({ nodes: [proxy("b"), proxy("a")] }));
    expect(map.places.map(({ id }) => id)).toEqual(["devices", "wifi", "lte", "engine", "a", "b", "content"]);
    expect(map.links.every(({ opens }) => opens === null)).toBe(true);
    expect(map.hasTestbed).toBe(false);
  });

  it("adds the proxies up towards the devices and gives each its own rate", () => {
    const small: LiveRates = { ...rate, downloadBps: { lte: 1e6, wifi: 2e6, other: 0 } };
    const of = facts({ nodes: [proxy("a"), proxy("b", { rate: small })] });
    expect(linkOf("devices-lte", of)?.bps).toBe(71e6);
    expect(linkOf("wifi-b", of)?.bps).toBe(2e6);
    expect(linkOf("b-content", of)?.bps).toBe(3e6);
    expect(linkOf("a-content", { ...of, direction: "uploadBps" })?.bps).toBe(3e6);
  });

  it("claims no rate of a node that is down, and says that it is", () => {
    const of = facts({ nodes: [proxy("a", { health: "down", rate: null })] });
    expect(linkOf("lte-a", of)?.bps).toBeNull();
    expect(linkOf("devices-lte", of)?.bps).toBeNull();
    expect(placeOf("a", of)).toMatchObject({ look: "bad", detail: "Down" });
    expect(linkText(english, { ...(linkOf("engine-a", of) ?? expect.fail("no link")) })).toBe("no contact");
  });

  it("shows drift from the policy in force", () => {
    expect(placeOf("a", facts({ inForceVersion: 5 }))).toMatchObject({
      look: "warn",
      detail: "Policy 4, in force is 5",
    });
    expect(placeOf("a", facts())).toMatchObject({ look: "plain" });
    expect(newestVersion([proxy("a"), proxy("b", { health: "down", status: { ...status, policyVersion: 9 } })])).toBe(
      4,
    );
  });

  it("shows other access only where there is some", () => {
    expect(placeOf("other", facts())).toBeUndefined();
    expect(placeOf("other", facts({ hasOther: true }))).toMatchObject({ name: "Other" });
  });
});

describe("the map of the testbed", () => {
  const of = facts({ testbed });

  it("has both UEs, and sliders behind their links", () => {
    expect(
      prepareMap(english, of)
        .places.slice(0, 2)
        .map(({ name }) => name),
    ).toEqual(["pM-UE", "General UE"]);
    const opened = prepareMap(english, of).links.flatMap(({ id, opens }) => (opens === null ? [] : [`${id} ${opens}`]));
    expect(opened).toEqual(["ue-wifi wifi", "ue-lte lte", "general-ue-lte lte"]);
  });

  it("draws a lane that goes past the proxy on its own way", () => {
    const running = { ...of, run: lteRun };
    expect(linkOf("general-ue-lte", running)?.bps).toBeCloseTo(72e6);
    expect(linkOf("lte-content", running)?.bps).toBeCloseTo(72e6);
    expect(linkOf("ue-lte", running)?.bps).toBe(70e6);
    expect(linkOf("lte-content", of)?.bps).toBe(0);
    expect(linkOf("lte-content", { ...running, direction: "uploadBps" })?.bps).toBeNull();
  });

  it("names a link's fault", () => {
    const faults = { ...testbed.faults, wifi: { fault: "down" as const, at: "2026-01-01T00:00:00Z" } };
    const broken = { ...of, testbed: { ...testbed, faults } };
    expect(placeOf("wifi", broken)).toMatchObject({ look: "bad", detail: "Link down" });
    expect(linkOf("ue-wifi", broken)?.fault).toBe("down");
    expect(linkOf("ue-lte", broken)?.fault).toBeNull();
    expect(summariseMap(english, prepareMap(english, broken))).toContain("WiFi: Link down.");
  });
});

describe("a line's width", () => {
  it("is proportional to the bit rate, and thin where nothing flows", () => {
    expect(lineWidth(100e6, 200e6)).toBe(2 * lineWidth(50e6, 200e6));
    expect(lineWidth(900e6, 200e6)).toBe(lineWidth(200e6, 200e6));
    expect(lineWidth(null, 200e6)).toBe(lineWidth(0, 200e6));
    expect(lineWidth(1, 200e6)).toBeGreaterThan(lineWidth(0, 200e6));
  });

  it("has a round scale that holds the highest rate", () => {
    expect([0, 10e6, 10.1e6, 225e6, 1167e6].map(widthScale)).toEqual([10e6, 10e6, 15e6, 250e6, 1.5e9]);
  });
});

describe("the layout", () => {
  const overlap = (a: PlacedBox, b: PlacedBox) =>
    Math.abs(a.x - b.x) < (a.widthPx + b.widthPx) / 2 && Math.abs(a.y - b.y) < (a.heightPx + b.heightPx) / 2;

  it.each([326, 390, 520, 700, 919, 920, 1100, 1600])("keeps boxes apart and inside at %i pixels", (widthPx) => {
    for (const proxies of [0, 1, 2, 3, 7])
      for (const changes of [{}, { hasOther: true }, { testbed }, { testbed, hasOther: true }]) {
        const nodes = Array.from({ length: proxies }, (_, index) => proxy(String(index)));
        const map = prepareMap(english, facts({ nodes, ...changes }));
        const { boxes, links, heightPx } = layOutMap(map, widthPx);
        expect(boxes).toHaveLength(map.places.length);
        expect(links).toHaveLength(map.links.length);
        for (const box of boxes) {
          expect(box.x - box.widthPx / 2).toBeGreaterThanOrEqual(0);
          expect(box.x + box.widthPx / 2).toBeLessThanOrEqual(widthPx);
          expect(box.y - box.heightPx / 2).toBeGreaterThanOrEqual(0);
          expect(box.y + box.heightPx / 2).toBeLessThanOrEqual(heightPx);
          const met = boxes.filter((other) => other !== box && overlap(box, other)).map(({ place }) => place.id);
          expect(met, `${box.place.id} with ${proxies} proxies`).toEqual([]);
        }
        for (const { label } of links) {
          expect(label.x).toBeGreaterThanOrEqual(46);
          expect(label.x).toBeLessThanOrEqual(widthPx - 46);
          expect(label.y).toBeLessThan(heightPx);
        }
      }
  });

  it.each([326, 920, 1168])("keeps the testbed's rates apart at %i pixels", (widthPx) => {
    const { links } = layOutMap(prepareMap(english, facts({ testbed, run: lteRun })), widthPx);
    const labels = links.filter(({ link }) => link.kind === "traffic");
    for (const [index, one] of labels.entries())
      for (const other of labels.slice(index + 1)) {
        const isApart = Math.abs(one.label.x - other.label.x) >= 84 || Math.abs(one.label.y - other.label.y) >= 24;
        expect(isApart, `${one.link.id} and ${other.link.id}`).toBe(true);
      }
  });
});

describe("the sliders of a link", () => {
  it("rest at the presets' values and give them back", () => {
    for (const [setting, value] of [
      ["rateMbps", 75],
      ["rateMbps", 867],
      ["rttMs", 15],
      ["lossPercent", 0.5],
    ] as const) {
      const slider = linkSliders(english).find((one) => one.setting === setting);
      expect(slider?.toValue(slider.toPosition(value))).toBe(value);
    }
  });
});
