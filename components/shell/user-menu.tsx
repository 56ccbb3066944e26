"use client";

import { ChevronsUpDown, LogOut, UserRound } from "lucide-react";
import { signOut } from "next-auth/react";
import { useTranslations } from "next-intl";
import { DropdownMenu } from "radix-ui";
import { Badge } from "@/components/ui/badge";
import type { Me } from "@/lib/contracts/portal";
import { LanguageMenu } from "./language-menu";
import { useGo } from "./leave-guard";

const itemClass =
  "flex h-8 cursor-pointer items-center gap-2 rounded-md px-2.5 text-sm outline-none data-[highlighted]:bg-sunken";

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => word?.[0] ?? "")
    .join("")
    .toUpperCase();
}

/** Who is signed in, with which role, the way to the account, and the way out. */
export function UserMenu({ me, isCompact = false }: { me: Me; isCompact?: boolean }) {
  const t = useTranslations();
  const go = useGo();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={t("shell.accountOf", { name: me.name })}
        className="flex min-h-10 w-full min-w-0 items-center gap-2.5 rounded-md px-2 py-1 text-left hover:bg-sunken data-[state=open]:bg-sunken"
      >
        <span
          aria-hidden
          className="flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent text-xs"
        >
          {initials(me.name)}
        </span>
        {isCompact ? null : (
          <>
            <span className="min-w-0 grow">
              <span className="block truncate font-medium text-sm">{me.name}</span>
              <span className="block text-ink-3 text-xs">{t(`roles.${me.role}`)}</span>
            </span>
            <ChevronsUpDown size={14} aria-hidden className="shrink-0 text-ink-3" />
          </>
        )}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          collisionPadding={12}
          className="z-50 w-60 rounded-lg border border-line-strong bg-raised p-1 shadow-pop"
        >
          <DropdownMenu.Label className="flex flex-col gap-1 px-2.5 py-2">
            <span className="truncate font-medium text-sm">{me.name}</span>
            <span className="truncate text-ink-2 text-xs">{me.email}</span>
            <span>
              <Badge>{t(`roles.${me.role}`)}</Badge>
            </span>
          </DropdownMenu.Label>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Item onSelect={() => go("/account")} className={itemClass}>
            <UserRound size={14} aria-hidden />
            {t("shell.yourAccount")}
          </DropdownMenu.Item>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <LanguageMenu itemClass={itemClass} />
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Item onSelect={() => signOut({ callbackUrl: "/sign-in" })} className={itemClass}>
            <LogOut size={14} aria-hidden />
            {t("shell.signOut")}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
