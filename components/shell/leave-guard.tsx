"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { handText } from "./handed-text";
import { watchBack } from "./watch-back";

type LeaveGuard = {
  /** Say that something typed is not saved; the answer takes it back. */
  hold: () => () => void;
  /** Go to another page, after asking where something is not saved; what was typed for it goes along. */
  go: (href: string, typed?: string) => void;
};

const LeaveContext = createContext<LeaveGuard | null>(null);

function useGuard(): LeaveGuard {
  const guard = useContext(LeaveContext);
  if (guard === null) throw new Error("the leave guard is used outside LeaveGuardProvider");
  return guard;
}

/** The address that a plain click would open in this tab; null for anything else. */
function followedHref(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.target === "_blank" || link.hasAttribute("download")) return null;
  const url = new URL(link.href);
  if (url.origin !== window.location.origin) return null;
  const isHere = url.pathname === window.location.pathname;
  return isHere ? null : `${url.pathname}${url.search}${url.hash}`;
}

/** Asks before a link, the palette, the back button or the tab's end takes away what was typed. */
export function LeaveGuardProvider({ children }: { children: ReactNode }) {
  const t = useTranslations();
  const router = useRouter();
  const holds = useRef(new Set<symbol>());
  const [leave, setLeave] = useState<(() => void) | null>(null);
  const stay = useCallback(() => setLeave(null), []);

  const guard = useMemo<LeaveGuard>(
    () => ({
      hold: () => {
        const key = Symbol("unsaved");
        holds.current.add(key);
        return () => holds.current.delete(key);
      },
      go: (href, typed) => {
        const follow = () => {
          if (typed !== undefined) handText(href, typed);
          router.push(href);
        };
        if (holds.current.size === 0) follow();
        else setLeave(() => follow);
      },
    }),
    [router],
  );

  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      const href = holds.current.size === 0 ? null : followedHref(event);
      if (href === null) return;
      event.preventDefault();
      event.stopPropagation();
      setLeave(() => () => router.push(href));
    };
    const onUnload = (event: BeforeUnloadEvent) => {
      if (holds.current.size > 0) event.preventDefault();
    };
    document.addEventListener("click", onClick, true);
    window.addEventListener("beforeunload", onUnload);
    const unwatch = watchBack((goBack) => {
      if (holds.current.size === 0) return false;
      setLeave(() => goBack);
      return true;
    });
    return () => {
      document.removeEventListener("click", onClick, true);
      window.removeEventListener("beforeunload", onUnload);
      unwatch();
    };
  }, [router]);

  return (
    <LeaveContext.Provider value={guard}>
      {children}
      <ConfirmDialog
        isOpen={leave !== null}
        title={t("shell.leaveWithoutSaving")}
        confirmLabel={t("shell.leaveWithoutSaving2")}
        cancelLabel={t("shell.stayHere")}
        isDangerous
        onConfirm={() => {
          holds.current.clear();
          leave?.();
          setLeave(null);
        }}
        onClose={stay}
      >
        {t("shell.whatYouTypedOnThisPage")}
      </ConfirmDialog>
    </LeaveContext.Provider>
  );
}

/** Ask before leaving while `isDirty`. */
export function useLeaveGuard(isDirty: boolean): void {
  const { hold } = useGuard();
  useEffect(() => (isDirty ? hold() : undefined), [isDirty, hold]);
}

/** Go to a page of the portal, as a link would. */
export function useGo(): LeaveGuard["go"] {
  return useGuard().go;
}
