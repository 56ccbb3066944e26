"use client";

import clsx from "clsx";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { Toast as Primitive } from "radix-ui";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { Button } from "./button";
import { IconButton } from "./icon-button";
import { liftNotices, noticesId } from "./lift-notices";

/** Offered beside the notice: "Undo". */
type NoticeAction = { label: string; run: () => void };
type Notice = {
  id: number;
  tone: "neutral" | "bad";
  title: string;
  detail: string | null;
  action: NoticeAction | null;
};
type Notify = (notice: { tone?: Notice["tone"]; title: string; detail?: string; action?: NoticeAction }) => void;

const NotifyContext = createContext<Notify>(() => undefined);
let nextId = 1;

/** Tell the user something that needs no answer. Errors stay longer. */
export function useNotify(): Notify {
  return useContext(NotifyContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const t = useTranslations();
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const notify = useCallback<Notify>(({ tone = "neutral", title, detail, action }) => {
    nextId += 1;
    const id = nextId;
    setNotices((before) => [...before.slice(-2), { id, tone, title, detail: detail ?? null, action: action ?? null }]);
  }, []);
  useEffect(() => {
    if (notices.length > 0) liftNotices();
  }, [notices]);
  const dismiss = (id: number) => setNotices((before) => before.filter((notice) => notice.id !== id));

  return (
    <NotifyContext.Provider value={notify}>
      <Primitive.Provider swipeDirection="right" label={t("common.notice")}>
        {children}
        {notices.map((notice) => (
          <Primitive.Root
            key={notice.id}
            duration={notice.tone === "bad" || notice.action !== null ? 12_000 : 5000}
            type={notice.tone === "bad" ? "foreground" : "background"}
            onOpenChange={(isOpen) => (isOpen ? undefined : dismiss(notice.id))}
            className={clsx(
              "flex items-start gap-2 rounded-lg border bg-raised py-2.5 pr-2 pl-3.5 shadow-pop",
              notice.tone === "bad" ? "border-bad" : "border-line-strong",
            )}
          >
            <div className="min-w-0 grow py-1">
              <Primitive.Title className="font-medium text-sm">{notice.title}</Primitive.Title>
              {notice.detail === null ? null : (
                <Primitive.Description className="text-ink-2 text-sm">{notice.detail}</Primitive.Description>
              )}
            </div>
            {notice.action === null ? null : (
              <Primitive.Action asChild altText={notice.action.label}>
                <Button size="sm" onClick={notice.action.run}>
                  {notice.action.label}
                </Button>
              </Primitive.Action>
            )}
            <Primitive.Close asChild>
              <IconButton label={t("common.dismiss")}>
                <X size={14} aria-hidden />
              </IconButton>
            </Primitive.Close>
          </Primitive.Root>
        ))}
        <Primitive.Viewport
          id={noticesId}
          popover="manual"
          className="fixed inset-auto right-4 bottom-20 z-50 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2 overflow-visible bg-transparent text-ink"
        />
      </Primitive.Provider>
    </NotifyContext.Provider>
  );
}
