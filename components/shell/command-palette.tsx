"use client";

import clsx from "clsx";
import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import type { Translate } from "@/lib/words/translate";
import { type Command, useAllCommands } from "./commands";
import { useGo } from "./leave-guard";
import { pagesFor, policyReaders, subscriberReaders } from "./pages";
import { matchCommands, mayMeanSomebody } from "./prepare-commands";
import { useMay, useStaff } from "./staff";

/** Asked for once something is typed. */
const WhiteListCommands = dynamic(() => import("./white-list-commands").then((module) => module.WhiteListCommands), {
  ssr: false,
});

type CommandPaletteProps = { isOpen: boolean; onClose: () => void };

/** Pages, what the page on screen can do, white-lists by name, and ways to find who has a number or an id. */
export function CommandPalette({ isOpen, onClose }: CommandPaletteProps) {
  const t = useTranslations();
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("shell.commands")} place="top">
      <PaletteBody onClose={onClose} />
    </Dialog>
  );
}

/** Who has this number or id: looked up for a purpose, or searched for in the list. */
function findCommands(t: Translate, go: ReturnType<typeof useGo>, typed: string): readonly Command[] {
  return [
    {
      id: "look-up",
      group: t("shell.find"),
      name: t("shell.lookUp", { text: typed }),
      run: () => go("/support", typed),
    },
    {
      id: "search-subscribers",
      group: t("shell.find"),
      name: t("shell.searchSubscribers", { text: typed }),
      run: () => go("/subscribers", typed),
    },
  ];
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const go = useGo();
  const listId = useId();
  const [text, setText] = useState("");
  const [activeIndex, setActiveIndex] = useState(0);
  const offered = useAllCommands();
  const { role } = useStaff();
  const mayFind = useMay(subscriberReaders);
  const mayReadPolicy = useMay(policyReaders);
  const commands = useMemo<readonly Command[]>(() => {
    const pages = pagesFor(role).flatMap((group) =>
      group.pages.map(({ href, name }) => ({
        id: href,
        group: t("shell.goTo"),
        name: t(`pages.${name}`),
        run: () => go(href),
      })),
    );
    return [...pages, ...offered];
  }, [offered, role, go, t]);
  const named = matchCommands(commands, text);
  const typed = text.trim();
  const found = mayFind && mayMeanSomebody(text, named) ? [...named, ...findCommands(t, go, typed)] : named;
  const active = found[Math.min(activeIndex, found.length - 1)];
  const activeId = active === undefined ? undefined : `${listId}-${active.id}`;
  useEffect(() => {
    if (activeId !== undefined) document.getElementById(activeId)?.scrollIntoView({ block: "nearest" });
  }, [activeId]);

  const run = (command: Command) => {
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setActiveIndex((Math.min(activeIndex, found.length - 1) + step + found.length) % found.length);
    } else if (event.key === "Enter" && active !== undefined) {
      event.preventDefault();
      run(active);
    }
  };

  return (
    <div>
      <div className="flex items-center gap-2.5 border-line border-b px-4">
        <Search size={16} aria-hidden className="text-ink-3" />
        <input
          data-first-focus
          role="combobox"
          aria-label={t("shell.findAPageOrCommand")}
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={activeId}
          placeholder={t("shell.findAPageOrCommand")}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setActiveIndex(0);
          }}
          onKeyDown={onKeyDown}
          className="h-12 w-full bg-transparent text-lg outline-none placeholder:text-ink-3"
        />
        <Kbd>Esc</Kbd>
      </div>
      <div id={listId} role="listbox" aria-label={t("shell.commands")} className="max-h-80 overflow-y-auto p-1.5">
        {found.map((command) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above handles the keys of its options
          <div
            key={command.id}
            id={`${listId}-${command.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={command === active}
            onClick={() => run(command)}
            onPointerMove={() => setActiveIndex(found.indexOf(command))}
            className={clsx(
              "flex h-9 cursor-pointer items-center gap-3 rounded-md px-2.5 text-sm",
              command === active && "bg-accent-soft",
            )}
          >
            <span className="w-14 shrink-0 text-ink-3 text-xs">{command.group}</span>
            <span className="min-w-0 grow truncate">{command.name}</span>
            {command.hint === undefined ? null : <Kbd>{command.hint}</Kbd>}
          </div>
        ))}
      </div>
      {found.length === 0 ? (
        <p className="px-4 pb-4 text-ink-2 text-sm">{t("shell.nothingIsCalled", { text })}</p>
      ) : null}
      {mayReadPolicy && typed !== "" ? <WhiteListCommands /> : null}
    </div>
  );
}
