"use client";

import { useEffect } from "react";

type StageKeys = { onSpace: () => void; onReset: () => void; onFullScreen: () => void; onWifi?: () => void };

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select") !== null;
}

/** Whether the browser does something on space here. On a chosen radio it does not. */
function takesSpace(target: EventTarget | null): boolean {
  const control = target instanceof Element ? target.closest("button, input, summary") : null;
  return control !== null && !control.matches("[role=radio][aria-checked=true]");
}

/**
 * Single keys of the stage: space, R, F, W. Not while a dialog is open or somebody types; space also stays with the control
 * that has the focus.
 */
export function useStageKeys(isOn: boolean, { onSpace, onReset, onFullScreen, onWifi }: StageKeys): void {
  useEffect(() => {
    if (!isOn) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.repeat || event.metaKey || event.ctrlKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector("dialog[open], [role=menu]") !== null) return;
      const key = event.key.toLowerCase();
      if (key === " " && takesSpace(event.target)) return;
      const action = { " ": onSpace, r: onReset, f: onFullScreen, w: onWifi }[key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [isOn, onSpace, onReset, onFullScreen, onWifi]);
}
