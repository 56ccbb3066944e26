import {
  type AlertKind,
  type AlertRule,
  type AlertRuleInput,
  alertKindSchema,
  type MuteAlert,
  measuredKinds,
} from "@/lib/contracts/alerts";
import type { Role } from "@/lib/contracts/portal";
import { say } from "@/lib/contracts/sentences";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase, type Transaction } from "@/lib/db/client";
import { auditName, requireRole, type StaffActor } from "./actor";
import { FieldsRefused } from "./fields-refused";
import { etagOf, type Precondition, requireUnchanged } from "./lost-update";
import { staffNames } from "./staff-names";

/** Roles that may acknowledge alerts, mute them and change their rules. */
export const alertRoles: readonly Role[] = ["admin", "operator"];

const minuteMs = 60_000;
const order = alertKindSchema.options;

type Row = AlertRuleInput & {
  kind: string;
  mutedUntil: Date | null;
  mutedBy: string | null;
  muteReason: string | null;
};

const contentOf = ({ isOn, threshold, holdSeconds }: AlertRuleInput): AlertRuleInput => ({
  isOn,
  threshold,
  holdSeconds,
});

function asRule(row: Row, nameOf: (actor: string) => string, now: Date): AlertRule {
  const kind = alertKindSchema.parse(row.kind);
  const { mutedUntil, mutedBy, muteReason } = row;
  const isMuted = mutedUntil !== null && mutedUntil > now;
  const mute = { until: mutedUntil?.toISOString() ?? "", by: nameOf(mutedBy ?? ""), reason: muteReason ?? "" };
  return { ...contentOf(row), kind, mute: isMuted ? mute : null, etag: etagOf({ kind, ...contentOf(row) }) };
}

/** Every rule, in the order of their kinds. */
export async function listAlertRules(now = new Date()): Promise<AlertRule[]> {
  const rows = await getDatabase().alertRule.findMany();
  const nameOf = await staffNames(rows.flatMap(({ mutedBy }) => (mutedBy === null ? [] : [mutedBy])));
  const rules = rows.map((row) => asRule(row, nameOf, now));
  return rules.sort((one, another) => order.indexOf(one.kind) - order.indexOf(another.kind));
}

async function lockRule(transaction: Transaction, kind: AlertKind): Promise<Row> {
  await transaction.$executeRaw`SELECT 1 FROM alert_rules WHERE kind = ${kind} FOR UPDATE`;
  return transaction.alertRule.findUniqueOrThrow({ where: { kind } });
}

async function readRule(kind: AlertKind): Promise<AlertRule> {
  const rule = (await listAlertRules()).find((one) => one.kind === kind);
  if (rule === undefined) throw new Error(`the migration makes a rule ${kind}`);
  return rule;
}

type RuleChange = { kind: AlertKind; input: AlertRuleInput; precondition: Precondition };

function requireThreshold({ kind, input }: RuleChange): void {
  const isMeasured = measuredKinds.some((measured) => measured === kind);
  if (isMeasured === (input.threshold !== null)) return;
  const what = say(isMeasured ? "giveThreshold" : "leaveThresholdOut");
  throw new FieldsRefused("REQUEST_INVALID", { threshold: what });
}

/** Errors: LostUpdate PRECONDITION_FAILED; AppError AUTH_FORBIDDEN; FieldsRefused REQUEST_INVALID. */
export async function saveAlertRule(staff: StaffActor, change: RuleChange): Promise<AlertRule> {
  requireRole(staff, alertRoles);
  requireThreshold(change);
  const { kind, precondition } = change;
  await getDatabase().$transaction(async (transaction) => {
    const row = await lockRule(transaction, kind);
    const rule = asRule(row, (actor) => actor, new Date());
    requireUnchanged(precondition, { etag: rule.etag, item: rule }, "The rule");
    const [before, after] = [contentOf(row), contentOf(change.input)];
    await transaction.alertRule.update({ where: { kind }, data: after });
    const audit = { actor: auditName(staff), action: "alert.rule", target: `alert-rule:${kind}` };
    await appendAudit(transaction, { ...audit, before, after });
  });
  return readRule(kind);
}

/** Keep a rule's alerts out of everybody's sight for a while, or end that. Errors: AppError AUTH_FORBIDDEN. */
export async function muteAlertRule(
  staff: StaffActor,
  { kind, minutes, reason }: MuteAlert & { kind: AlertKind },
  now = new Date(),
): Promise<AlertRule> {
  requireRole(staff, alertRoles);
  const mutedUntil = minutes === 0 ? null : new Date(now.getTime() + minutes * minuteMs);
  await getDatabase().$transaction(async (transaction) => {
    const before = await lockRule(transaction, kind);
    const mutedBy = auditName(staff);
    await transaction.alertRule.update({ where: { kind }, data: { mutedUntil, mutedBy, muteReason: reason } });
    await appendAudit(transaction, {
      actor: mutedBy,
      action: minutes === 0 ? "alert.unmute" : "alert.mute",
      target: `alert-rule:${kind}`,
      before: { mutedUntil: before.mutedUntil },
      after: { mutedUntil },
      reason,
    });
  });
  return readRule(kind);
}
