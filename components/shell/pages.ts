import { Activity, ArrowLeftRight, type LucideIcon, MonitorPlay, Server } from "lucide-react";

export type PortalPage = { href: string; name: string; icon: LucideIcon };

/** The pages that exist, by job. Every role may see these four; the server decides on its own. */
export const pageGroups: readonly { job: string; pages: readonly PortalPage[] }[] = [
  {
    job: "Operate",
    pages: [
      { href: "/", name: "Overview", icon: Activity },
      { href: "/sessions", name: "Sessions", icon: ArrowLeftRight },
      { href: "/nodes", name: "Nodes", icon: Server },
    ],
  },
  { job: "Demo", pages: [{ href: "/demo", name: "Demo", icon: MonitorPlay }] },
];

/** Whether the page at `href` is the one shown at `path`, or holds it. */
export function isCurrentPage(href: string, path: string): boolean {
  return href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`);
}
