import {
  Activity,
  ArrowLeftRight,
  BellRing,
  Braces,
  ChartSpline,
  FileUp,
  FlaskConical,
  GitCommitHorizontal,
  Headset,
  KeySquare,
  Layers,
  ListChecks,
  type LucideIcon,
  MonitorPlay,
  Network,
  ScrollText,
  Server,
  Smartphone,
  UserCog,
  Users,
  Waypoints,
} from "lucide-react";
import type { Role } from "@/lib/contracts/portal";
import type { Messages } from "@/lib/words/messages";

/** A page's title, and a group's name, by their keys in the texts. */
type PageName = keyof Messages["pages"];
type Job = keyof Messages["jobs"];

export type PortalPage = {
  href: string;
  name: PageName;
  icon: LucideIcon;
  roles: readonly Role[];
  /** Has its own place in the bar at the bottom of a narrow screen; the others are under "More". */
  isMain?: boolean;
};
export type PageGroup = { job: Job; pages: readonly PortalPage[] };

const everyRole: readonly Role[] = ["admin", "operator", "support", "demo", "viewer"];
/** May see policy, without being able to change it. */
export const policyReaders: readonly Role[] = ["admin", "operator", "support", "viewer"];
/** May change policy. */
export const policyEditors: readonly Role[] = ["admin", "operator"];
/** May acknowledge and mute alerts, and set their rules. */
export const alertEditors: readonly Role[] = ["admin", "operator"];
/** May say where alerts are sent to. */
export const webhookEditors: readonly Role[] = ["admin"];
/** May drain, restart and set nodes. */
export const nodeEditors: readonly Role[] = ["admin", "operator"];
/** May start demo runs and change the testbed's links. */
export const demoTeams: readonly Role[] = ["admin", "operator", "demo"];
export const subscriberReaders: readonly Role[] = ["admin", "operator", "support"];
export const subscriberEditors: readonly Role[] = ["admin", "operator"];
/** May manage staff, and see what everybody did. */
export const staffManagers: readonly Role[] = ["admin"];

/** Write programs against the API; its description itself is no secret. */
export const apiReaders: readonly Role[] = ["admin", "operator"];

/** The pages that exist, by job, with who may use them; the server decides on its own. */
export const pageGroups: readonly PageGroup[] = [
  {
    job: "operate",
    pages: [
      { href: "/", name: "overview", icon: Activity, roles: everyRole, isMain: true },
      { href: "/alerts", name: "alerts", icon: BellRing, roles: everyRole },
      { href: "/history", name: "history", icon: ChartSpline, roles: everyRole },
      { href: "/sessions", name: "sessions", icon: ArrowLeftRight, roles: everyRole, isMain: true },
      { href: "/map", name: "networkMap", icon: Waypoints, roles: everyRole },
      { href: "/nodes", name: "nodes", icon: Server, roles: everyRole, isMain: true },
    ],
  },
  {
    job: "support",
    pages: [
      { href: "/support", name: "lookUp", icon: Headset, roles: subscriberReaders },
      { href: "/subscribers", name: "subscribers", icon: Users, roles: subscriberReaders },
      { href: "/devices", name: "devices", icon: Smartphone, roles: subscriberReaders },
    ],
  },
  { job: "demo", pages: [{ href: "/demo", name: "demo", icon: MonitorPlay, roles: everyRole, isMain: true }] },
  {
    job: "govern",
    pages: [
      { href: "/policy/classes", name: "serviceClasses", icon: Layers, roles: policyReaders },
      { href: "/policy/white-lists", name: "whiteLists", icon: ListChecks, roles: policyReaders },
      { href: "/policy/versions", name: "policyVersions", icon: GitCommitHorizontal, roles: policyReaders },
      { href: "/policy/simulator", name: "simulator", icon: FlaskConical, roles: policyReaders },
      { href: "/policy/networks", name: "accessNetworks", icon: Network, roles: policyReaders },
      { href: "/subscribers/imports", name: "imports", icon: FileUp, roles: subscriberEditors },
      { href: "/govern/staff", name: "staff", icon: UserCog, roles: staffManagers },
      { href: "/govern/tokens", name: "apiTokens", icon: KeySquare, roles: staffManagers },
      { href: "/govern/audit", name: "auditLog", icon: ScrollText, roles: staffManagers },
      { href: "/govern/api", name: "apiReference", icon: Braces, roles: apiReaders },
    ],
  },
];

/** The pages that a role may use; a job without any is left out. */
export function pagesFor(role: Role): readonly PageGroup[] {
  return pageGroups
    .map(({ job, pages }) => ({ job, pages: pages.filter(({ roles }) => roles.includes(role)) }))
    .filter(({ pages }) => pages.length > 0);
}

/** The page shown at `path`, or that holds it: the one with the longest address. */
export function currentPage(path: string): PortalPage | null {
  let found: PortalPage | null = null;
  for (const page of pageGroups.flatMap(({ pages }) => pages)) {
    const holds = page.href === "/" ? path === "/" : path === page.href || path.startsWith(`${page.href}/`);
    if (holds && (found === null || page.href.length > found.href.length)) found = page;
  }
  return found;
}
