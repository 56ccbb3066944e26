"use client";

import clsx from "clsx";
import {
  CircleAlert,
  Globe,
  type LucideIcon,
  RadioTower,
  Server,
  Settings2,
  ShieldCheck,
  Smartphone,
  TriangleAlert,
  Wifi,
} from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useMemo, useRef, useState } from "react";
import { AccessMark } from "@/components/ui/access-mark";
import type { AccessLinkId } from "@/lib/contracts/demo";
import { formatBitRate } from "@/lib/shared/units";
import { layOutMap, type PlacedBox, type PlacedLink } from "./layout-map";
import type { MapLink, MapPlace, NetworkMap } from "./prepare-map";
import { summariseMap } from "./prepare-map-words";
import { lineWidth } from "./prepare-widths";

type NetworkMapFigureProps = {
  map: NetworkMap;
  scaleBps: number;
  isStale: boolean;
  /** A testbed's link was chosen; null: nobody may change any. */
  onOpen: ((access: AccessLinkId) => void) | null;
};

const strokes: Record<MapLink["tone"], string> = {
  lte: "stroke-lte",
  wifi: "stroke-wifi",
  other: "stroke-other",
  total: "stroke-ink",
  reference: "stroke-ink-3",
};
const looks: Record<MapPlace["look"], string> = {
  plain: "border-line-strong",
  warn: "border-warn border-dashed",
  bad: "border-bad border-dashed",
};
/** With more proxies than this the rates between access and proxy would lie on each other: the table has them. */
const mostLabelledProxies = 2;

/** The map drawn: lines below, places and rates on top as text that can be selected and reached by keyboard. */
export function NetworkMapFigure({ map, scaleBps, isStale, onOpen }: NetworkMapFigureProps) {
  const t = useTranslations();
  const box = useRef<HTMLDivElement>(null);
  const [widthPx, setWidthPx] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidthPx(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const layout = useMemo(() => (widthPx === 0 ? null : layOutMap(map, widthPx)), [map, widthPx]);
  const proxies = map.places.filter(({ kind }) => kind === "proxy").length;

  return (
    <div ref={box} data-testid="network-map" className={clsx("relative min-h-96", isStale && "opacity-60")}>
      {layout === null ? null : (
        <div className="relative" style={{ height: layout.heightPx }}>
          <svg
            role="img"
            aria-label={summariseMap(t, map)}
            width={layout.widthPx}
            height={layout.heightPx}
            className="absolute inset-0"
          >
            {layout.links.map((placed) => (
              <Line key={placed.link.id} placed={placed} scaleBps={scaleBps} onOpen={onOpen} />
            ))}
          </svg>
          {layout.boxes.map((placed) => (
            <PlaceBox key={placed.place.id} placed={placed} />
          ))}
          {layout.links.map((placed) => (
            <RateLabel key={placed.link.id} placed={placed} hasRoom={proxies <= mostLabelledProxies} onOpen={onOpen} />
          ))}
        </div>
      )}
    </div>
  );
}

type LineProps = { placed: PlacedLink; scaleBps: number; onOpen: NetworkMapFigureProps["onOpen"] };

function dashOf({ tone, fault }: MapLink, widthPx: number): string | undefined {
  if (fault !== null) return "2 7";
  if (tone === "lte") return `${Math.max(7, widthPx * 1.2)} ${Math.max(5, widthPx * 0.6)}`;
  return tone === "reference" ? "2 5" : undefined;
}

function Line({ placed, scaleBps, onOpen }: LineProps) {
  const { link, path } = placed;
  const widthPx = lineWidth(link.bps, scaleBps);
  const { opens } = link;
  return (
    <g data-testid={`link-${link.id}`} data-width={widthPx.toFixed(1)}>
      <path
        d={path}
        fill="none"
        strokeWidth={widthPx}
        strokeDasharray={dashOf(link, widthPx)}
        className={clsx(
          "transition-[stroke-width] motion-reduce:transition-none",
          link.fault === null ? strokes[link.tone] : "stroke-bad",
        )}
      />
      {opens === null || onOpen === null ? null : (
        // biome-ignore lint/a11y/noStaticElementInteractions: the link's rate is a button and does the same by keyboard
        <path
          d={path}
          fill="none"
          strokeWidth={28}
          pointerEvents="stroke"
          onClick={() => onOpen(opens)}
          className="cursor-pointer stroke-transparent"
        />
      )}
    </g>
  );
}

const icons: Record<MapPlace["kind"], LucideIcon> = {
  device: Smartphone,
  access: RadioTower,
  proxy: Server,
  engine: ShieldCheck,
  content: Globe,
};

function PlaceBox({ placed }: { placed: PlacedBox }) {
  const { place, x, y, widthPx, heightPx } = placed;
  const Icon = place.access === "wifi" ? Wifi : icons[place.kind];
  return (
    <div
      data-testid={`place-${place.id}`}
      data-look={place.look}
      className={clsx(
        "absolute flex flex-col justify-center rounded-lg border bg-raised px-2 shadow-[0_1px_2px_rgb(0_0_0/0.08)]",
        looks[place.look],
      )}
      style={{ left: x - widthPx / 2, top: y - heightPx / 2, width: widthPx, height: heightPx }}
    >
      <p className="flex items-center gap-1.5 font-medium text-sm leading-4">
        <Icon size={14} aria-hidden className="shrink-0 text-ink-3" />
        {place.access === null ? null : <AccessMark tone={place.access} />}
        <span className="line-clamp-2 min-w-0" title={place.name}>
          {place.name}
        </span>
      </p>
      <p
        className={clsx(
          "flex items-start gap-1 pt-0.5 text-xs leading-3.5 tnum",
          place.look === "plain" ? "text-ink-2" : place.look === "warn" ? "text-warn" : "text-bad",
        )}
      >
        {place.look === "warn" ? <TriangleAlert size={12} aria-hidden className="mt-px shrink-0" /> : null}
        {place.look === "bad" ? <CircleAlert size={12} aria-hidden className="mt-px shrink-0" /> : null}
        <span className="line-clamp-2 min-w-0">{place.detail}</span>
      </p>
    </div>
  );
}

type RateLabelProps = { placed: PlacedLink; hasRoom: boolean; onOpen: NetworkMapFigureProps["onOpen"] };

function RateLabel({ placed, hasRoom, onOpen }: RateLabelProps) {
  const t = useTranslations();
  const { link, label } = placed;
  const { opens } = link;
  const isButton = opens !== null && onOpen !== null;
  const isFlowing = link.bps !== null && link.bps > 0;
  if (link.kind === "control" || (!isFlowing && opens === null)) return null;
  if (!hasRoom && opens === null && link.tone !== "total") return null;
  const text = link.fault ?? (link.bps === null ? t("map.notMeasured") : formatBitRate(link.bps));
  const className =
    "-translate-x-1/2 -translate-y-1/2 absolute flex h-6 items-center gap-1 whitespace-nowrap rounded-md border bg-surface px-1.5 text-xs tnum";
  const style = { left: label.x, top: label.y };
  if (!isButton)
    return (
      <span data-testid={`rate-${link.id}`} className={clsx(className, "border-line text-ink-2")} style={style}>
        {text}
      </span>
    );
  return (
    <button
      type="button"
      data-testid={`rate-${link.id}`}
      aria-label={t("map.changeThisLink", { name: link.name, text })}
      onClick={() => onOpen(opens)}
      className={clsx(className, "border-control-line font-medium text-ink hover:bg-sunken")}
      style={style}
    >
      <Settings2 size={12} aria-hidden className="text-ink-3" />
      {text}
    </button>
  );
}
