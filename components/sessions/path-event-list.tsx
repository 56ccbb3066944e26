"use client";

import clsx from "clsx";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { usePreferences } from "@/components/shell/preferences";
import { formatTime } from "@/components/time/format-time";
import { AccessMark } from "@/components/ui/access-mark";
import { Button } from "@/components/ui/button";
import { pathEventIcons } from "./path-event-icon";
import type { PathEventView } from "./prepare-path-events";

type PathEventListProps = {
  events: readonly PathEventView[];
  /** Shown as chosen, and brought into view. */
  chosen: ReadonlySet<string>;
};

const pageSize = 50;

/** What happened to the paths, newest first: when, what, why, and who made it happen. */
export function PathEventList({ events, chosen }: PathEventListProps) {
  const t = useTranslations();
  const [pages, setPages] = useState(1);
  const list = useRef<HTMLOListElement>(null);
  const newestFirst = [...events].reverse();
  const lastChosen = newestFirst.findLastIndex(({ id }) => chosen.has(id));
  const shown = newestFirst.slice(0, Math.max(pages * pageSize, lastChosen + 1));

  useEffect(() => {
    if (chosen.size > 0) list.current?.querySelector("[data-chosen]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  return (
    <>
      <ol ref={list} aria-label={t("sessions.pathEvents")} className="border-line border-t">
        {shown.map((event) => (
          <EventLine key={event.id} event={event} isChosen={chosen.has(event.id)} />
        ))}
      </ol>
      {shown.length < events.length ? (
        <div className="flex items-center justify-center gap-3 border-line border-t px-4 py-2 text-ink-3 text-sm">
          {t("sessions.of", { count: shown.length, count2: String(events.length) })}
          <Button size="sm" onClick={() => setPages(Math.ceil(shown.length / pageSize) + 1)}>
            {t("sessions.showMore")}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function EventLine({ event, isChosen }: { event: PathEventView; isChosen: boolean }) {
  const t = useTranslations();
  const { zone } = usePreferences();
  const Icon = pathEventIcons[event.kind];
  const milliseconds = event.at.slice(20, 23);
  return (
    <li
      data-chosen={isChosen ? "" : undefined}
      aria-current={isChosen ? "true" : undefined}
      className={clsx(
        "grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 border-line border-b px-4 py-2 text-sm last:border-b-0",
        "md:grid-cols-[6rem_14rem_minmax(0,1fr)_9rem]",
        isChosen && "bg-accent-soft",
      )}
    >
      <time dateTime={event.at} title={event.at} className="text-ink-2 tnum">
        {formatTime(t, event.at, "clock", zone)}
        <span className="text-ink-3">.{milliseconds}</span>
      </time>
      <span className="flex min-w-0 items-start gap-2 font-medium">
        <Icon size={14} aria-hidden className="mt-0.75 shrink-0 text-ink-2" />
        {event.tone === "total" ? null : <AccessMark tone={event.tone} className="mt-1.5" />}
        <span className="min-w-0 break-words">{event.what}</span>
      </span>
      <span className="col-start-2 min-w-0 break-words text-ink-2 md:col-start-auto">{event.why}</span>
      <span className="col-start-2 text-ink-3 md:col-start-auto md:text-right">{event.who}</span>
    </li>
  );
}
