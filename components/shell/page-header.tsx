import type { ReactNode } from "react";

type PageHeaderProps = {
  title: string;
  /** Beside the name: what the page is about, in short. */
  children?: ReactNode;
  /** At the right, on a phone in a row of their own: what can be done with all of it. */
  actions?: ReactNode;
};

export function PageHeader({ title, children, actions }: PageHeaderProps) {
  return (
    <header className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      {children}
      <div className="flex flex-wrap items-center gap-2 empty:hidden sm:ml-auto">{actions}</div>
    </header>
  );
}

/** A page's frame: its width and rhythm. */
export function Page({ children }: { children: ReactNode }) {
  return <div className="page-frame mx-auto flex max-w-[100rem] flex-col gap-4 px-4 py-5 sm:px-6">{children}</div>;
}
