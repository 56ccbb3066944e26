"use client";

import { Search, Settings2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { type ReactNode, useCallback, useState, useSyncExternalStore } from "react";
import { AlertChip } from "@/components/alerts/alert-chip";
import { QueryProvider } from "@/components/api/query-provider";
import { LiveProvider } from "@/components/live/live-provider";
import { Dialog } from "@/components/ui/dialog";
import { IconButton } from "@/components/ui/icon-button";
import { Kbd } from "@/components/ui/kbd";
import { ToastProvider } from "@/components/ui/toast";
import type { Me } from "@/lib/contracts/portal";
import { Brand } from "./brand";
import { CommandProvider } from "./commands";
import { LeaveGuardProvider } from "./leave-guard";
import { BottomNavigation, SideNavigation } from "./navigation";
import { StaffProvider } from "./staff";
import { usePaletteKey } from "./use-palette-key";
import { UserMenu } from "./user-menu";
import { ViewCommands } from "./view-commands";
import { ViewSwitches } from "./view-switches";

/** Opens on demand: its code comes after the page. */
const CommandPalette = dynamic(() => import("./command-palette").then((module) => module.CommandPalette), {
  ssr: false,
});

/** The palette's key as this machine's keyboard has it. */
function PaletteKey() {
  const isMac = useSyncExternalStore(
    () => () => undefined,
    () => /mac|iphone|ipad/i.test(navigator.userAgent),
    () => false,
  );
  return <Kbd>{isMac ? "⌘ K" : "Ctrl K"}</Kbd>;
}

type AppShellProps = { me: Me; environment: string; children: ReactNode };

/** Everything around a page for somebody who is signed in. */
export function AppShell({ me, environment, children }: AppShellProps) {
  const t = useTranslations();
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const [isViewOpen, setViewOpen] = useState(false);
  const openPalette = useCallback(() => setPaletteOpen(true), []);
  const closePalette = useCallback(() => setPaletteOpen(false), []);
  usePaletteKey(useCallback(() => setPaletteOpen((isOpen) => !isOpen), []));
  const closeView = useCallback(() => setViewOpen(false), []);

  return (
    <StaffProvider me={me}>
      <QueryProvider>
        <LiveProvider>
          <ToastProvider>
            <LeaveGuardProvider>
              <CommandProvider>
                <a
                  href="#main"
                  className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-primary px-3 py-2 font-medium text-on-primary text-sm focus:translate-y-0"
                >
                  {t("shell.skipToContent")}
                </a>
                <aside className="shell-chrome fixed inset-y-0 left-0 z-30 hidden w-56 flex-col border-line border-r bg-surface lg:flex">
                  <div className="flex h-12 items-center px-4">
                    <Brand environment={environment} />
                  </div>
                  <div className="px-3 pb-3">
                    <button
                      type="button"
                      onClick={openPalette}
                      className="flex h-8 w-full items-center gap-2 rounded-md border border-line bg-bg px-2.5 text-ink-3 text-sm hover:border-line-strong"
                    >
                      <Search size={14} aria-hidden />
                      <span className="grow text-left">{t("shell.find")}</span>
                      <PaletteKey />
                    </button>
                    <AlertChip className="mt-2 w-full" />
                  </div>
                  <div className="scroll-shade grow overflow-y-auto px-3">
                    <SideNavigation />
                  </div>
                  <div className="flex flex-col gap-2 border-line border-t px-3 py-2">
                    <ViewSwitches />
                    <UserMenu me={me} />
                  </div>
                </aside>
                <header className="shell-chrome sticky top-0 z-30 flex h-13 items-center gap-1 border-line border-b bg-surface px-3 lg:hidden">
                  <Brand environment={environment} />
                  <span className="grow" />
                  <AlertChip />
                  <IconButton label={t("shell.findAPageOrCommand")} onClick={openPalette}>
                    <Search size={16} aria-hidden />
                  </IconButton>
                  <IconButton label={t("shell.themeAndTimeZone")} onClick={() => setViewOpen(true)}>
                    <Settings2 size={16} aria-hidden />
                  </IconButton>
                  <div>
                    <UserMenu me={me} isCompact />
                  </div>
                </header>
                <div className="shell-body pb-16 lg:pb-0 lg:pl-56">
                  <main id="main" tabIndex={-1} className="outline-none">
                    {children}
                  </main>
                </div>
                <div className="shell-chrome fixed inset-x-0 bottom-0 z-30 border-line border-t bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden">
                  <BottomNavigation />
                </div>
                <CommandPalette isOpen={isPaletteOpen} onClose={closePalette} />
                <Dialog isOpen={isViewOpen} onClose={closeView} title={t("shell.view")}>
                  <div className="p-4">
                    <ViewSwitches />
                  </div>
                </Dialog>
                <ViewCommands />
              </CommandProvider>
            </LeaveGuardProvider>
          </ToastProvider>
        </LiveProvider>
      </QueryProvider>
    </StaffProvider>
  );
}
