"use client";

import clsx from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { isCurrentPage, pageGroups } from "./pages";

/** The left navigation, by job. */
export function SideNavigation() {
  const path = usePathname();
  return (
    <nav aria-label="Pages" className="flex flex-col gap-4">
      {pageGroups.map(({ job, pages }) => (
        <div key={job}>
          <h2 className="px-2.5 pb-1 font-medium text-ink-3 text-xs">{job}</h2>
          <ul className="flex flex-col gap-px">
            {pages.map(({ href, name, icon: Icon }) => {
              const isCurrent = isCurrentPage(href, path);
              return (
                <li key={href}>
                  <Link
                    href={href}
                    aria-current={isCurrent ? "page" : undefined}
                    className={clsx(
                      "flex h-8 items-center gap-2.5 rounded-md px-2.5 font-medium text-sm transition-colors",
                      isCurrent ? "bg-sunken text-ink" : "text-ink-2 hover:bg-sunken hover:text-ink",
                    )}
                  >
                    <Icon size={16} aria-hidden className={isCurrent ? "text-accent" : "text-ink-3"} />
                    {name}
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}

/** The same pages as tabs at the bottom of a narrow screen. */
export function BottomNavigation() {
  const path = usePathname();
  return (
    <nav aria-label="Pages" className="grid grid-cols-4">
      {pageGroups
        .flatMap(({ pages }) => pages)
        .map(({ href, name, icon: Icon }) => {
          const isCurrent = isCurrentPage(href, path);
          return (
            <Link
              key={href}
              href={href}
              aria-current={isCurrent ? "page" : undefined}
              className={clsx(
                "flex h-14 flex-col items-center justify-center gap-1 font-medium text-xs focus-visible:outline-offset-[-4px]",
                isCurrent ? "text-ink" : "text-ink-2",
              )}
            >
              <Icon size={18} aria-hidden className={isCurrent ? "text-accent" : "text-ink-3"} />
              {name}
            </Link>
          );
        })}
    </nav>
  );
}
