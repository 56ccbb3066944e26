import { type Alert, type AlertList, alertKindSchema } from "@/lib/contracts/alerts";
import { toldSchema } from "@/lib/contracts/told";
import { getDatabase } from "@/lib/db/client";
import { listAlertRules } from "./alert-rules";
import { staffNames } from "./staff-names";

const maxPast = 50;
const maxOpen = 500;

type Row = Awaited<ReturnType<typeof readRows>>[number];

function readRows(isOver: boolean) {
  return getDatabase().alert.findMany({
    where: { firedAt: { not: null }, resolvedAt: isOver ? { not: null } : null },
    orderBy: [isOver ? { resolvedAt: "desc" } : { firedAt: "desc" }, { id: "desc" }],
    take: isOver ? maxPast : maxOpen,
  });
}

function asAlert(row: Row, nameOf: (actor: string) => string, muted: ReadonlySet<string>): Alert {
  const { id, subject, subjectName, detail, since, firedAt, resolvedAt, acknowledgedAt, acknowledgedBy } = row;
  return {
    id: id.toString(),
    kind: alertKindSchema.parse(row.kind),
    subject,
    subjectName,
    detail,
    told: toldSchema.nullable().catch(null).parse(row.told),
    since: since.toISOString(),
    firedAt: (firedAt ?? since).toISOString(),
    resolvedAt: resolvedAt?.toISOString() ?? null,
    acknowledged:
      acknowledgedAt === null ? null : { at: acknowledgedAt.toISOString(), by: nameOf(acknowledgedBy ?? "") },
    isMuted: muted.has(row.kind),
  };
}

/** Rules, what fired and is still so, and what is over. */
export async function listAlerts(now = new Date()): Promise<AlertList> {
  const [rules, open, past] = await Promise.all([listAlertRules(now), readRows(false), readRows(true)]);
  const muted = new Set<string>(rules.filter(({ mute }) => mute !== null).map(({ kind }) => kind));
  const actors = [...open, ...past].flatMap(({ acknowledgedBy }) => (acknowledgedBy === null ? [] : [acknowledgedBy]));
  const nameOf = await staffNames(actors);
  const shown = (row: Row): Alert => asAlert(row, nameOf, muted);
  return { rules, open: open.map(shown), past: past.map(shown) };
}
