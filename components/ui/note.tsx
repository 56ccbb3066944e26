import clsx from "clsx";
import { Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

const tones = { info: "bg-sunken text-ink-2", warn: "bg-warn-soft text-warn" } as const;

type NoteProps = { tone?: keyof typeof tones; children: ReactNode; actions?: ReactNode; className?: string };

/** A sentence that the page needs to say: why something is so, or what to look out for. */
export function Note({ tone = "info", children, actions, className }: NoteProps) {
  const Icon = tone === "warn" ? TriangleAlert : Info;
  return (
    <div
      className={clsx(
        "flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md px-3 py-2 text-sm",
        tones[tone],
        className,
      )}
    >
      <p className="flex min-w-0 grow basis-60 items-start gap-2">
        <Icon size={14} aria-hidden className="mt-0.75 shrink-0" />
        <span className="min-w-0">{children}</span>
      </p>
      {actions}
    </div>
  );
}
