"use client";

import { Ellipsis, Trash2, Undo2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { DropdownMenu } from "radix-ui";
import { useCallback, useState } from "react";
import type { ChangeKind } from "@/lib/contracts/policy-admin";
import { LoseChangeDialog } from "./lose-change-dialog";

const itemClass =
  "flex h-8 cursor-pointer items-center gap-2 rounded-md px-2.5 text-sm outline-none data-[highlighted]:bg-sunken";

type ItemMenuProps = {
  name: string;
  change: ChangeKind | null;
  isBusy: boolean;
  onDiscard: () => void;
  /** Absent where the item cannot be removed. */
  onRemove?: () => void;
};

/** What can be done with an item of the draft besides editing it. */
export function ItemMenu({ name, change, isBusy, onDiscard, onRemove }: ItemMenuProps) {
  const t = useTranslations();
  const [asked, setAsked] = useState<{ verb: string; run: () => void } | null>(null);
  const close = useCallback(() => setAsked(null), []);
  const losesEdits = change === "changed" || change === "added";
  const askOr = (verb: string, run: () => void) => () => (losesEdits ? setAsked({ verb, run }) : run());
  const discardVerb = change === "added" ? t("policy.discardTheNewOne") : t("policy.discardTheChange");
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          aria-label={t("policy.moreAbout", { name })}
          disabled={isBusy}
          className="-mr-1.5 inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2 hover:bg-sunken hover:text-ink data-[state=open]:bg-sunken"
        >
          <Ellipsis size={16} aria-hidden />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            align="end"
            sideOffset={4}
            collisionPadding={12}
            className="z-50 min-w-52 rounded-lg border border-line-strong bg-raised p-1 shadow-pop"
          >
            {change === null ? null : (
              <DropdownMenu.Item onSelect={askOr(discardVerb, onDiscard)} className={itemClass}>
                <Undo2 size={14} aria-hidden />
                {discardVerb}
              </DropdownMenu.Item>
            )}
            {onRemove === undefined || change === "removed" || change === "added" ? null : (
              <DropdownMenu.Item
                onSelect={askOr(t("policy.removeFromTheDraft"), onRemove)}
                className={`${itemClass} text-bad`}
              >
                <Trash2 size={14} aria-hidden />
                {t("policy.removeFromTheDraft")}
              </DropdownMenu.Item>
            )}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <LoseChangeDialog name={name} verb={asked?.verb ?? null} onConfirm={() => asked?.run()} onClose={close} />
    </>
  );
}
