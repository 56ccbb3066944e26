import type { MapLink, MapPlace, NetworkMap } from "./prepare-map";

export type Point = { x: number; y: number };
export type PlacedBox = { place: MapPlace; x: number; y: number; widthPx: number; heightPx: number };
/** A cubic curve, drawn below the boxes; `label` is where its rate stands. */
export type PlacedLink = { link: MapLink; path: string; label: Point };
export type MapLayout = {
  widthPx: number;
  heightPx: number;
  boxes: readonly PlacedBox[];
  links: readonly PlacedLink[];
};

type Curve = readonly [Point, Point, Point, Point];

/** From this width on the figure lies from left to right, below it from top to bottom. */
const wideFromPx = 920;
/* With room for a name and a state of two lines each. */
const wideBox = { widthPx: 146, heightPx: 70 } as const;
const narrowBox = { widthPx: 104, heightPx: 76 } as const;
const widestNarrowPx = 520;
const proxyGapPx = { wide: 92, narrow: 108 } as const;
/** Half of a rate's label: it stays this far inside. */
const labelHalfPx = 46;

const xs = { ofThree: [0.17, 0.5, 0.83], ofTwo: [0.22, 0.75] } as const;

/** The point of a cubic curve at `t`, 0 to 1. */
function pointOf([start, one, two, end]: Curve, t: number): Point {
  const back = 1 - t;
  const at = (axis: "x" | "y") =>
    back ** 3 * start[axis] + 3 * back * back * t * one[axis] + 3 * back * t * t * two[axis] + t ** 3 * end[axis];
  return { x: at("x"), y: at("y") };
}

function place(link: MapLink, curve: Curve, t: number, widthPx: number): PlacedLink {
  const round = ({ x, y }: Point) => `${Math.round(x)} ${Math.round(y)}`;
  const [start, one, two, end] = curve;
  const label = pointOf(curve, t);
  return {
    link,
    path: `M ${round(start)} C ${round(one)}, ${round(two)}, ${round(end)}`,
    label: { x: Math.min(widthPx - labelHalfPx, Math.max(labelHalfPx, label.x)), y: label.y },
  };
}

const ofKind = (map: NetworkMap, kind: MapPlace["kind"]) => map.places.filter((one) => one.kind === kind);

type Box = PlacedBox;

function boxesOf(
  places: readonly MapPlace[],
  at: (index: number) => Point,
  size: { widthPx: number; heightPx: number },
): Box[] {
  return places.map((one, index) => ({ place: one, ...at(index), ...size }));
}

function curves(
  map: NetworkMap,
  boxes: readonly Box[],
  draw: (link: MapLink, from: Box, to: Box) => PlacedLink,
): PlacedLink[] {
  const byId = new Map(boxes.map((box) => [box.place.id, box]));
  return map.links.flatMap((link) => {
    const [from, to] = [byId.get(link.from), byId.get(link.to)];
    return from === undefined || to === undefined ? [] : [draw(link, from, to)];
  });
}

function layOutWide(map: NetworkMap, widthPx: number): MapLayout {
  const [devices, accesses, proxies] = [ofKind(map, "device"), ofKind(map, "access"), ofKind(map, "proxy")];
  const first = wideBox.widthPx / 2 + 8;
  const last = widthPx - first;
  const columns = [first, first + (last - first) * 0.32, first + (last - first) * 0.68, last] as const;
  const firstProxyY = 224;
  const lastProxyY = firstProxyY + Math.max(0, proxies.length - 1) * proxyGapPx.wide;
  const middleY = (firstProxyY + lastProxyY) / 2;
  const spread = (count: number, gap: number) => (index: number) => middleY + (index - (count - 1) / 2) * gap;
  const accessY = spread(accesses.length, accesses.length > 2 ? 116 : 176);
  const deviceY = spread(devices.length, 190);
  const boxes = [
    ...boxesOf(devices, (index) => ({ x: columns[0], y: deviceY(index) }), wideBox),
    ...boxesOf(accesses, (index) => ({ x: columns[1], y: accessY(index) }), wideBox),
    ...boxesOf(ofKind(map, "engine"), () => ({ x: columns[2], y: 40 }), wideBox),
    ...boxesOf(proxies, (index) => ({ x: columns[2], y: firstProxyY + index * proxyGapPx.wide }), wideBox),
    ...boxesOf(ofKind(map, "content"), () => ({ x: columns[3], y: middleY }), wideBox),
  ];
  const lowestY = Math.max(...boxes.map(({ y }) => y));
  const lanes = { wifi: firstProxyY - 88, lte: lowestY + 56, other: lowestY + 56 };
  const half = wideBox.widthPx / 2;
  const halfHigh = wideBox.heightPx / 2;
  const links = curves(map, boxes, (link, from, to) => {
    if (link.kind === "control") {
      const [start, end] = [
        { x: from.x + 20, y: from.y + halfHigh },
        { x: to.x + 20, y: to.y - halfHigh },
      ];
      return place(link, [start, start, end, end], 0.5, widthPx);
    }
    const isDirect = from.place.kind === "access" && to.place.kind === "content";
    if (isDirect) {
      const isAbove = from.place.id === "wifi";
      const laneY = lanes[from.place.access ?? "other"];
      const start = { x: from.x + half, y: from.y + (isAbove ? -16 : 16) };
      const end = { x: to.x, y: to.y + (isAbove ? -halfHigh : halfHigh) };
      return place(link, [start, { x: start.x + 130, y: laneY }, { x: end.x - 30, y: laneY }, end], 0.62, widthPx);
    }
    const [start, end] = [
      { x: from.x + half, y: from.y },
      { x: to.x - half, y: to.y },
    ];
    const reach = (end.x - start.x) / 2;
    return place(link, [start, { x: start.x + reach, y: start.y }, { x: end.x - reach, y: end.y }, end], 0.5, widthPx);
  });
  return { widthPx, heightPx: lowestY + (map.hasTestbed ? 64 : 44), boxes, links };
}

function layOutNarrow(map: NetworkMap, widthPx: number): MapLayout {
  const innerPx = Math.min(widthPx, widestNarrowPx);
  const left = (widthPx - innerPx) / 2;
  const at = (share: number) => left + share * innerPx;
  const [devices, accesses, proxies] = [ofKind(map, "device"), ofKind(map, "access"), ofKind(map, "proxy")];
  const shares = (count: number) => (count > 2 ? xs.ofThree : xs.ofTwo);
  const across = (count: number) => (index: number) => at(count === 1 ? 0.5 : (shares(count)[index] ?? 0.5));
  const [deviceX, accessX] = [across(devices.length), across(accesses.length)];
  const firstProxyY = 356;
  const contentY = firstProxyY + Math.max(0, proxies.length - 1) * proxyGapPx.narrow + 160;
  const half = narrowBox.widthPx / 2;
  const halfHigh = narrowBox.heightPx / 2;
  const [proxyX, engineX] = [at(0.5) - 44, at(1) - half - 2];
  const boxes = [
    ...boxesOf(devices, (index) => ({ x: deviceX(index), y: halfHigh + 2 }), narrowBox),
    ...boxesOf(accesses, (index) => ({ x: accessX(index), y: 188 }), narrowBox),
    ...boxesOf(proxies, (index) => ({ x: proxyX, y: firstProxyY + index * proxyGapPx.narrow }), narrowBox),
    ...boxesOf(ofKind(map, "engine"), () => ({ x: engineX, y: firstProxyY }), narrowBox),
    ...boxesOf(ofKind(map, "content"), () => ({ x: at(0.5), y: contentY }), narrowBox),
  ];
  const between = (proxyX + engineX) / 2;
  const links = curves(map, boxes, (link, from, to) => {
    if (link.kind === "control") {
      const [start, end] = [
        { x: from.x - half, y: from.y },
        { x: to.x + half, y: to.y },
      ];
      return place(link, [start, { x: between, y: start.y }, { x: between, y: end.y }, end], 0.5, widthPx);
    }
    const [start, end] = [
      { x: from.x, y: from.y + halfHigh },
      { x: to.x, y: to.y - halfHigh },
    ];
    if (from.place.kind === "device") {
      const reach = (end.y - start.y) / 2;
      return place(
        link,
        [start, { x: start.x, y: start.y + reach }, { x: end.x, y: end.y - reach }, end],
        0.5,
        widthPx,
      );
    }
    const isLeft = from.place.id === "wifi";
    if (from.place.kind === "access" && to.place.kind === "content") {
      const besideX = isLeft ? left + 8 : between;
      const side = { x: to.x + (isLeft ? -half : half), y: to.y };
      return place(link, [start, { x: besideX, y: start.y + 90 }, { x: besideX, y: side.y }, side], 0.72, widthPx);
    }
    if (from.place.kind === "access") {
      const side = { x: to.x + (isLeft ? -half : half), y: to.y - 8 };
      const besideX = isLeft ? side.x - 24 : side.x + 24;
      return place(link, [start, { x: start.x, y: start.y + 50 }, { x: besideX, y: side.y - 40 }, side], 0.4, widthPx);
    }
    const right = { x: from.x + 20, y: from.y + halfHigh };
    return place(link, [right, { x: right.x, y: right.y + 40 }, { x: end.x, y: end.y - 40 }, end], 0.5, widthPx);
  });
  return { widthPx, heightPx: contentY + halfHigh + 6, boxes, links };
}

/** Where everything of the map lies in a frame of this width: pixels, boxes by their middle. */
export function layOutMap(map: NetworkMap, widthPx: number): MapLayout {
  return widthPx >= wideFromPx ? layOutWide(map, widthPx) : layOutNarrow(map, widthPx);
}
