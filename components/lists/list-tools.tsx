"use client";

import { Bookmark, BookmarkPlus, Check, Columns3, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { DropdownMenu } from "radix-ui";
import { type ReactNode, useCallback, useState } from "react";
import { usePreferences } from "@/components/shell/preferences";
import { buttonClass } from "@/components/ui/button";
import type { TableView } from "@/lib/contracts/table-views";
import { KeepViewDialog } from "./keep-view-dialog";
import { currentView, withColumn } from "./prepare-list";
import type { ListTooling } from "./use-list";
import { useDeleteView, useTableViews } from "./use-table-views";

const itemClass =
  "flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2.5 text-sm outline-none data-[highlighted]:bg-sunken";
const labelClass = "px-2.5 pt-1.5 pb-1 text-ink-3 text-xs";

/** What a list shows and how: kept views, columns, and how close its rows are. */
export function ListTools(props: ListTooling) {
  return (
    <div className="flex items-center gap-2">
      <ViewsMenu {...props} />
      <ColumnsMenu {...props} />
    </div>
  );
}

function Menu({ icon, name, children }: { icon: ReactNode; name: string; children: ReactNode }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className={buttonClass()}>
        {icon}
        <span className="max-w-40 truncate">{name}</span>
      </DropdownMenu.Trigger>
      {/* Not in a portal: it is more than a menu's items, and has its place in the page's main part. */}
      <DropdownMenu.Content
        align="end"
        sideOffset={4}
        collisionPadding={12}
        className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-56 max-w-80 overflow-y-auto rounded-lg border border-line-strong bg-raised p-1 shadow-pop"
      >
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

/** Leaves the room of a tick free. */
function Tick() {
  return (
    <span className="flex w-3.5 shrink-0">
      <DropdownMenu.ItemIndicator>
        <Check size={14} aria-hidden />
      </DropdownMenu.ItemIndicator>
    </span>
  );
}

const separator = <DropdownMenu.Separator className="my-1 h-px bg-line" />;

function ViewsMenu({ table, filter, chosen, onColumns, onFilter }: ListTooling) {
  const t = useTranslations();
  const views = useTableViews(table);
  const deletion = useDeleteView(table);
  const [isKeeping, setKeeping] = useState(false);
  const closeKeeping = useCallback(() => setKeeping(false), []);
  const items = views.data?.items ?? [];
  const whyNone = views.isError
    ? t("lists.theViewsCouldNotBeRead")
    : t(views.isPending ? "lists.viewsAreRead" : "lists.noViewYet");
  const current = currentView(items, { filter, chosen });
  const show = (view: TableView) => {
    onFilter(view.filter);
    onColumns(view.columns);
  };
  const asked = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return (
    <>
      <Menu
        icon={<Bookmark size={14} aria-hidden />}
        name={current === undefined ? t("lists.views") : t("lists.view", { name: current.name })}
      >
        {items.length === 0 ? (
          <p className="max-w-64 px-2.5 py-1.5 text-ink-2 text-sm">{whyNone}</p>
        ) : (
          <DropdownMenu.RadioGroup value={current?.id ?? ""} aria-label={t("lists.views")}>
            {items.map((view) => (
              <DropdownMenu.RadioItem key={view.id} value={view.id} onSelect={() => show(view)} className={itemClass}>
                <Tick />
                <span className="min-w-0 truncate">{view.name}</span>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        )}
        {separator}
        {current === undefined ? (
          <DropdownMenu.Item onSelect={() => setKeeping(true)} className={itemClass}>
            <BookmarkPlus size={14} aria-hidden />
            {t("lists.keepView")}
          </DropdownMenu.Item>
        ) : (
          <DropdownMenu.Item onSelect={() => deletion.mutate(current)} className={`${itemClass} text-bad`}>
            <Trash2 size={14} aria-hidden className="shrink-0" />
            <span className="min-w-0 truncate">{t("lists.deleteView", { name: current.name })}</span>
          </DropdownMenu.Item>
        )}
      </Menu>
      <KeepViewDialog
        isOpen={isKeeping}
        shown={{ table, filter: Object.fromEntries(asked), columns: chosen === null ? null : [...chosen] }}
        onClose={closeKeeping}
      />
    </>
  );
}

/** Several are ticked one after the other: the menu stays open. */
const stay = (event: Event) => event.preventDefault();

function ColumnsMenu({ columns, chosen, onColumns }: ListTooling) {
  const t = useTranslations();
  const { density, set } = usePreferences();
  return (
    <Menu icon={<Columns3 size={14} aria-hidden />} name={t("lists.columns")}>
      <DropdownMenu.Label className={labelClass}>{t("lists.columnsShown")}</DropdownMenu.Label>
      <DropdownMenu.CheckboxItem
        checked={chosen === null}
        onCheckedChange={(isByWidth) => onColumns(isByWidth ? null : columns.map(({ id }) => id))}
        onSelect={stay}
        className={itemClass}
      >
        <Tick />
        {t("lists.byWidth")}
      </DropdownMenu.CheckboxItem>
      {separator}
      {columns.map(({ id, name }) => (
        <DropdownMenu.CheckboxItem
          key={id}
          checked={chosen?.has(id) ?? true}
          onCheckedChange={(isShown) => onColumns(withColumn(chosen, columns, id, isShown))}
          onSelect={stay}
          className={itemClass}
        >
          <Tick />
          {name}
        </DropdownMenu.CheckboxItem>
      ))}
      {separator}
      <DropdownMenu.Label className={labelClass}>{t("lists.rows")}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup
        value={density}
        onValueChange={(next) => set({ density: next === "compact" ? "compact" : "comfortable" })}
      >
        {(["comfortable", "compact"] as const).map((one) => (
          <DropdownMenu.RadioItem key={one} value={one} onSelect={stay} className={itemClass}>
            <Tick />
            {t(`lists.${one}`)}
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </Menu>
  );
}
