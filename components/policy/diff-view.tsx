import { ArrowRight, Minus, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import type { PolicyDiff } from "@/lib/contracts/policy-admin";
import { ChangeBadge } from "./change-badge";
import { collectionNames } from "./prepare-change";
import { fieldLabel, formatFieldValue } from "./prepare-diff";
import { formatRule, ruleKey } from "./prepare-rule";

type DiffItem = PolicyDiff["items"][number];

/** What differs, item by item: fields before and after, rules that come and go. */
export function DiffView({ diff }: { diff: PolicyDiff }) {
  const t = useTranslations();
  if (diff.items.length === 0) return <p className="px-4 py-6 text-ink-2 text-sm">{t("policy.thereIsNoDifference")}</p>;
  return (
    <div className="flex flex-col">
      {diff.items.map((item) => (
        <DiffEntry key={`${item.collection} ${item.id}`} item={item} />
      ))}
    </div>
  );
}

function DiffEntry({ item }: { item: DiffItem }) {
  const t = useTranslations();
  const { collection, name, kind, fields, rules, rulesAdded, rulesRemoved } = item;
  const hidden = rulesAdded + rulesRemoved - rules.length;
  return (
    <section
      aria-label={`${collectionNames(t)[collection]} ${name}`}
      className="border-line border-b px-4 py-3 last:border-b-0"
    >
      <h3 className="flex flex-wrap items-center gap-2 text-sm">
        <span className="font-semibold">{name}</span>
        <span className="text-ink-3">{collection === "networks" ? "" : collectionNames(t)[collection]}</span>
        <ChangeBadge change={kind} />
        {rulesAdded + rulesRemoved === 0 ? null : (
          <span className="text-ink-2 tnum">
            {[
              rulesAdded === 0 ? null : t("policy.rulesAdded", { rulesAdded }),
              rulesRemoved === 0 ? null : t("policy.rulesRemoved", { rulesRemoved }),
            ]
              .filter(Boolean)
              .join(", ")}
          </span>
        )}
      </h3>
      {fields.length === 0 ? null : (
        <dl className="mt-2 grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[minmax(10rem,auto)_minmax(0,1fr)]">
          {fields.map(({ field, before, after }) => (
            <div key={field} className="contents">
              <dt className="text-ink-3">{fieldLabel(t, field)}</dt>
              <dd className="flex min-w-0 flex-wrap items-center gap-x-2">
                {kind === "added" ? null : (
                  <span className="min-w-0 break-words text-ink-2 line-through decoration-ink-3">
                    <span className="sr-only">{t("policy.before")} </span>
                    {formatFieldValue(t, field, before)}
                  </span>
                )}
                {kind === "changed" ? <ArrowRight size={12} aria-hidden className="text-ink-3" /> : null}
                {kind === "removed" ? null : (
                  <span className="min-w-0 break-words font-medium">
                    <span className="sr-only">{t("policy.after")} </span>
                    {formatFieldValue(t, field, after)}
                  </span>
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {rules.length === 0 ? null : (
        <ul aria-label={t("policy.rulesOf", { name })} className="mt-2 max-h-80 overflow-y-auto font-mono text-xs">
          {rules.map((change) => {
            const isAdded = change.kind === "added";
            const Icon = isAdded ? Plus : Minus;
            return (
              <li
                key={`${change.kind} ${ruleKey(change.rule)}`}
                className={`flex items-center gap-2 px-2 py-0.5 ${isAdded ? "bg-good-soft text-good" : "bg-bad-soft text-bad"}`}
              >
                <Icon size={12} aria-hidden className="shrink-0" />
                <span className="sr-only">{change.kind} </span>
                <span className="min-w-0 break-all">{formatRule(change.rule)}</span>
              </li>
            );
          })}
          {hidden > 0 ? <li className="px-2 py-1 text-ink-3">{t("policy.andRulesMore", { hidden })}</li> : null}
        </ul>
      )}
    </section>
  );
}
