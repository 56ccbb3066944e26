"use client";

import type { ReactNode } from "react";
import { CopyButton } from "./copy-button";
import { Note } from "./note";

type ShownOnceProps = {
  /** What to do with it before the window is closed. */
  children: ReactNode;
  text: string;
  /** Of the button: "Copy link". */
  copyLabel: string;
};

/** A secret that the portal does not keep: it can be copied now, or never. */
export function ShownOnce({ children, text, copyLabel }: ShownOnceProps) {
  return (
    <>
      <Note tone="warn">{children}</Note>
      <div className="flex items-center gap-2 rounded-md bg-sunken px-3 py-2">
        <code className="min-w-0 grow whitespace-pre-wrap break-all font-mono text-sm">{text}</code>
        <CopyButton text={text} label={copyLabel} />
      </div>
    </>
  );
}
