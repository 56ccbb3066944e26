"use client";

import clsx from "clsx";
import { Ellipsis } from "lucide-react";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { useCallback, useEffect, useRef, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Link } from "@/components/ui/link";
import { currentPage, type PortalPage, pagesFor } from "./pages";
import { useStaff } from "./staff";

/** The left navigation, by job. */
export function SideNavigation() {
  const t = useTranslations();
  return (
    <nav aria-label={t("shell.pages")} className="flex flex-col gap-3 pb-2">
      <PageGroups isDense />
    </nav>
  );
}

const stay = () => undefined;

function PageGroups({ isDense = false, onFollow = stay }: { isDense?: boolean; onFollow?: () => void }) {
  const t = useTranslations();
  const current = currentPage(usePathname());
  return pagesFor(useStaff().role).map(({ job, pages }) => (
    <div key={job}>
      <h2 className="px-2.5 pb-0.5 font-medium text-ink-3 text-xs">{t(`jobs.${job}`)}</h2>
      <ul className="flex flex-col gap-px">
        {pages.map((page) => (
          <li key={page.href}>
            <PageLink page={page} isCurrent={page === current} isDense={isDense} onFollow={onFollow} />
          </li>
        ))}
      </ul>
    </div>
  ));
}

type PageLinkProps = { page: PortalPage; isCurrent: boolean; isDense: boolean; onFollow: () => void };

function PageLink({ page, isCurrent, isDense, onFollow }: PageLinkProps) {
  const t = useTranslations();
  const { href, name, icon: Icon } = page;
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    // In a list that is longer than the screen.
    if (isCurrent && isDense) link.current?.scrollIntoView({ block: "nearest" });
  }, [isCurrent, isDense]);
  return (
    <Link
      ref={link}
      href={href}
      onClick={onFollow}
      aria-current={isCurrent ? "page" : undefined}
      className={clsx(
        "flex scroll-my-8 items-center gap-2.5 rounded-md px-2.5 font-medium text-sm transition-colors",
        isDense ? "h-7" : "h-8",
        isCurrent ? "bg-sunken text-ink" : "text-ink-2 hover:bg-sunken hover:text-ink",
      )}
    >
      <Icon size={16} aria-hidden className={isCurrent ? "text-accent" : "text-ink-3"} />
      {t(`pages.${name}`)}
    </Link>
  );
}

const tabClass =
  "flex h-14 flex-col items-center justify-center gap-1 font-medium text-xs focus-visible:outline-offset-[-4px]";

/** The main pages as tabs at the bottom of a narrow screen, and all of them under "More". */
export function BottomNavigation() {
  const t = useTranslations();
  const [isMoreOpen, setMoreOpen] = useState(false);
  const closeMore = useCallback(() => setMoreOpen(false), []);
  const current = currentPage(usePathname());
  const pages = pagesFor(useStaff().role).flatMap((group) => group.pages);
  const isUnderMore = current !== null && current.isMain !== true;
  return (
    <>
      <nav aria-label={t("shell.pages")} className="grid auto-cols-fr grid-flow-col">
        {pages
          .filter(({ isMain }) => isMain)
          .map((page) => {
            const { href, name, icon: Icon } = page;
            const isCurrent = page === current;
            return (
              <Link
                key={href}
                href={href}
                aria-current={isCurrent ? "page" : undefined}
                className={clsx(tabClass, isCurrent ? "text-ink" : "text-ink-2")}
              >
                <Icon size={18} aria-hidden className={isCurrent ? "text-accent" : "text-ink-3"} />
                {t(`pages.${name}`)}
              </Link>
            );
          })}
        <button
          type="button"
          aria-haspopup="dialog"
          onClick={() => setMoreOpen(true)}
          className={clsx(tabClass, isUnderMore ? "text-ink" : "text-ink-2")}
        >
          <Ellipsis size={18} aria-hidden className={isUnderMore ? "text-accent" : "text-ink-3"} />
          {t("shell.more")}
        </button>
      </nav>
      <Dialog isOpen={isMoreOpen} onClose={closeMore} title={t("shell.pages")}>
        <nav aria-label={t("shell.allPages")} className="grid grid-cols-2 gap-4 p-4">
          <PageGroups onFollow={closeMore} />
        </nav>
      </Dialog>
    </>
  );
}
