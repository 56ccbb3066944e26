"use client";

import clsx from "clsx";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import type { SeriesTone } from "@/components/ui/access-mark";
import type { ChartMark } from "./chart-data";
import { plotInsets } from "./plot-insets";
import { type MarkGroup, prepareMarkGroups } from "./prepare-mark-groups";

type ChartMarksProps = {
  name: string;
  marks: readonly ChartMark[];
  xRange: readonly [number, number];
  fontPx: number;
  onChoose?: ((ids: readonly string[]) => void) | undefined;
};

/** A flag is 24 pixels wide, and the first one may stand beside its line. */
const nearestPx = 38;
const shownLabels = 5;
/** Nearer to the left end than this a flag stands beside its line, clear of the axis. */
const leftEdge = 0.015;

const lines: Record<SeriesTone, string> = {
  lte: "border-lte border-dashed",
  wifi: "border-wifi border-solid",
  other: "border-other border-solid",
  total: "border-ink-2 border-solid",
  reference: "border-ink-3 border-dotted",
};

/** The tone that all marks of a group have, else that of the whole. */
function toneOf({ marks }: MarkGroup): SeriesTone {
  const [first] = marks;
  return first !== undefined && marks.every(({ tone }) => tone === first.tone) ? first.tone : "total";
}

/** Moments over a chart: vertical lines with flags. One tab stop; arrow keys go from flag to flag. */
export function ChartMarks({ name, marks, xRange, fontPx, onChoose }: ChartMarksProps) {
  const box = useRef<HTMLDivElement>(null);
  const [widthPx, setWidthPx] = useState(0);
  const [opened, setOpened] = useState<string | null>(null);
  const [current, setCurrent] = useState(0);
  const [xMin, xMax] = xRange;
  const groups = useMemo(
    () => prepareMarkGroups(marks, [xMin, xMax], widthPx, nearestPx),
    [marks, xMin, xMax, widthPx],
  );

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidthPx(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (opened === null) return;
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key === "Escape") setOpened(null);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [opened]);

  const stop = Math.min(current, groups.length - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(Math.max(stop + step, 0), groups.length - 1);
    setCurrent(next);
    box.current?.querySelectorAll("button")[next]?.focus();
  };

  return (
    <div
      ref={box}
      role="toolbar"
      aria-label={name}
      onKeyDown={onKeyDown}
      className="pointer-events-none absolute"
      style={plotInsets(fontPx)}
    >
      {groups.map((group, index) => (
        <Flag
          key={group.id}
          group={group}
          isStop={index === stop}
          isOpen={opened === group.id}
          onOpen={(isOpen) => setOpened(isOpen ? group.id : null)}
          onFocus={() => setCurrent(index)}
          onChoose={() => onChoose?.(group.marks.map(({ id }) => id))}
        />
      ))}
    </div>
  );
}

type FlagProps = {
  group: MarkGroup;
  isStop: boolean;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onFocus: () => void;
  onChoose: () => void;
};

function Flag({ group, isStop, isOpen, onOpen, onFocus, onChoose }: FlagProps) {
  const t = useTranslations();
  const tipId = useId();
  const { at, marks } = group;
  const [first] = marks;
  if (first === undefined) return null;
  const Icon = first.icon;
  const line = lines[toneOf(group)];
  return (
    <div className="absolute inset-y-0" style={{ left: `${at * 100}%` }}>
      <div className={clsx("-ml-px h-full border-l-2 opacity-80", line)} />
      <div
        className={clsx("pointer-events-auto absolute -top-6", at < leftEdge ? "-left-px" : "-left-3")}
        onPointerEnter={() => onOpen(true)}
        onPointerLeave={() => onOpen(false)}
      >
        <button
          type="button"
          tabIndex={isStop ? 0 : -1}
          aria-label={
            marks.length === 1 ? first.label : t("charts.eventsFirst", { count: marks.length, label: first.label })
          }
          aria-describedby={isOpen ? tipId : undefined}
          onFocus={() => {
            onFocus();
            onOpen(true);
          }}
          onBlur={() => onOpen(false)}
          onClick={onChoose}
          className={clsx(
            "flex size-6 items-center justify-center rounded-md border-2 bg-raised font-semibold text-ink text-xs tnum hover:bg-sunken",
            line,
          )}
        >
          {marks.length === 1 ? <Icon size={13} aria-hidden /> : marks.length > 99 ? "99+" : marks.length}
        </button>
        {isOpen ? (
          <div id={tipId} role="tooltip" className={clsx("absolute z-20 pt-1", at > 0.5 ? "right-0" : "left-0")}>
            <ul className="flex w-max max-w-[min(20rem,45vw)] flex-col gap-1 rounded-md border border-line-strong bg-raised px-2.5 py-2 text-ink text-xs shadow-pop">
              {marks.slice(0, shownLabels).map(({ id, label, icon: MarkIcon }) => (
                <li key={id} className="flex items-start gap-1.5">
                  <MarkIcon size={13} aria-hidden className="mt-px shrink-0 text-ink-2" />
                  {label}
                </li>
              ))}
              {marks.length > shownLabels ? (
                <li className="text-ink-3">
                  {t("charts.andMoreInTheListBelow", { count: marks.length - shownLabels })}
                </li>
              ) : null}
            </ul>
          </div>
        ) : null}
      </div>
    </div>
  );
}
