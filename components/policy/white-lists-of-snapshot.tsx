import { useTranslations } from "next-intl";
import type { WhiteList } from "@/lib/contracts/policy";
import { formatRule, ruleKey } from "./prepare-rule";

const shownRules = 100;

/** White-lists as they are in a version; each opens to its rules. */
export function WhiteListsOfSnapshot({ lists }: { lists: readonly WhiteList[] }) {
  const t = useTranslations();
  if (lists.length === 0) return <p className="px-4 py-6 text-ink-2 text-sm">{t("whiteLists.noWhiteList")}</p>;
  return (
    <ul>
      {lists.map(({ id, name, audience, rules }) => (
        <li key={id} className="border-line border-b last:border-b-0">
          <details>
            <summary className="flex min-h-10 flex-wrap items-center gap-x-3 px-4 py-1.5 text-sm hover:bg-sunken/60 focus-visible:outline-offset-[-2px]">
              <span className="grow font-medium">{name}</span>
              <span className="text-ink-2">
                {audience === "everyone" ? t("common.everyone") : t("whiteLists.extra")}
              </span>
              <span className="text-ink-2 tnum">{t("whiteLists.rules", { count: rules.length })}</span>
            </summary>
            <ul className="flex flex-col px-4 pb-3 font-mono text-ink-2 text-xs">
              {rules.slice(0, shownRules).map((rule) => (
                <li key={ruleKey(rule)} className="break-all py-0.5">
                  {formatRule(rule)}
                </li>
              ))}
              {rules.length > shownRules ? (
                <li className="py-0.5 text-ink-3">
                  {t("whiteLists.andRulesMore", { count: rules.length - shownRules })}
                </li>
              ) : null}
            </ul>
          </details>
        </li>
      ))}
    </ul>
  );
}
