"use client";

import clsx from "clsx";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { IconButton } from "./icon-button";
import { liftNotices } from "./lift-notices";

type DialogProps = {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** `right`: a drawer. `top`: a palette without a header of its own. */
  place?: "center" | "right" | "top";
  isWide?: boolean;
  children: ReactNode;
};

const places = {
  center: "m-auto w-[min(32rem,calc(100vw-2rem))] rounded-xl",
  top: "mx-auto mt-[12vh] mb-auto w-[min(36rem,calc(100vw-2rem))] rounded-xl",
  right: "sheet-right mr-0 ml-auto h-dvh max-h-dvh w-[min(34rem,100vw)] border-y-0 border-r-0",
};

/** Typed, or shown once: a dialog that holds it is closed by its buttons and Esc, not by a slip onto its backdrop. */
const kept = "form, [data-keeps-open]";

/** The browser's modal dialog: it traps focus, makes the page inert, and lies above full screen. */
export function Dialog({ isOpen, onClose, title, place = "center", isWide = false, children }: DialogProps) {
  const t = useTranslations();
  const ref = useRef<HTMLDialogElement>(null);
  const pressed = useRef<EventTarget | null>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    if (isOpen && !dialog.open) {
      dialog.showModal();
      dialog.querySelector<HTMLElement>("[data-first-focus]")?.focus();
      liftNotices();
    }
    if (!isOpen && dialog.open) dialog.close();
  }, [isOpen]);

  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    const onPress = (event: PointerEvent) => {
      pressed.current = event.target;
    };
    const onBackdrop = (event: MouseEvent) => {
      // A press that began inside selects text, wherever it ends.
      const isBackdrop = event.target === dialog && pressed.current === dialog;
      if (isBackdrop && dialog.querySelector(kept) === null) onClose();
    };
    dialog.addEventListener("pointerdown", onPress);
    dialog.addEventListener("click", onBackdrop);
    dialog.addEventListener("close", onClose);
    return () => {
      dialog.removeEventListener("pointerdown", onPress);
      dialog.removeEventListener("click", onBackdrop);
      dialog.removeEventListener("close", onClose);
    };
  }, [onClose]);

  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      className={clsx(
        "sheet max-w-none border border-line-strong bg-raised p-0 text-ink shadow-pop",
        places[place],
        isWide && "w-[min(44rem,100vw)]",
      )}
    >
      {isOpen ? (
        <div className="flex h-full max-h-[inherit] flex-col">
          {place === "top" ? (
            <h2 id={titleId} className="sr-only">
              {title}
            </h2>
          ) : (
            <div className="flex items-center justify-between gap-3 border-line border-b px-4 py-3">
              <h2 id={titleId} className="min-w-0 truncate font-semibold text-lg">
                {title}
              </h2>
              <IconButton label={t("common.close")} onClick={onClose}>
                <X size={16} aria-hidden />
              </IconButton>
            </div>
          )}
          <div className="min-h-0 grow overflow-y-auto overscroll-contain">{children}</div>
        </div>
      ) : null}
    </dialog>
  );
}
