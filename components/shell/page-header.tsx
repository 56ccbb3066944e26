import type { ReactNode } from "react";

/** The page's name, and at its right what belongs to the whole page. */
export function PageHeader({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <header className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      {children}
    </header>
  );
}

/** A page's frame: its width and rhythm. */
export function Page({ children }: { children: ReactNode }) {
  return <div className="page-frame mx-auto flex max-w-[100rem] flex-col gap-4 px-4 py-5 sm:px-6">{children}</div>;
}
