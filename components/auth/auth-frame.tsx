import type { ReactNode } from "react";
import { Brand } from "@/components/shell/brand";
import { LanguageLinks } from "@/components/shell/language-links";

type AuthFrameProps = { environment: string; title: string; note: string; children: ReactNode };

/** The page around a form for somebody who is not signed in. */
export function AuthFrame({ environment, title, note, children }: AuthFrameProps) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-8 flex justify-center">
          <Brand environment={environment} />
        </div>
        <div className="rounded-xl border border-line bg-surface p-6 sm:p-7">
          <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
          <p className="mt-1 mb-6 text-ink-2 text-sm">{note}</p>
          {children}
        </div>
        <LanguageLinks />
      </div>
    </main>
  );
}
