import { CircleX, TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import { tell } from "@/components/api/tell";
import { Link } from "@/components/ui/link";
import type { Finding } from "@/lib/contracts/policy-admin";
import { changeHref } from "./prepare-change";
import { formatRule } from "./prepare-rule";

type FindingListProps = {
  findings: readonly Finding[];
  /** With the way to the page where each is mended. */
  hasLinks?: boolean;
};

/** What validation says, errors first as the server sorts them. */
export function FindingList({ findings, hasLinks = false }: FindingListProps) {
  const t = useTranslations();
  return (
    <ul
      aria-label={t("policy.findings")}
      className="flex max-h-72 flex-col overflow-y-auto rounded-md border border-line bg-surface"
    >
      {findings.map((finding) => {
        const { severity, code, collection, id, rule } = finding;
        const message = tell(t, finding.message, finding.told);
        const isError = severity === "error";
        const Icon = isError ? CircleX : TriangleAlert;
        return (
          <li
            key={`${code} ${collection} ${id} ${rule === null ? "" : formatRule(rule)} ${finding.message}`}
            className="flex items-start gap-2.5 border-line border-b px-3 py-2 text-sm last:border-b-0"
          >
            <Icon size={14} aria-hidden className={`mt-0.75 shrink-0 ${isError ? "text-bad" : "text-warn"}`} />
            <span className="min-w-0 grow break-words">
              <span className="sr-only">{isError ? t("policy.error") : t("policy.warning")}</span>
              {rule === null || finding.message.startsWith(rule.value) ? null : (
                <span className="font-medium">{formatRule(rule)}: </span>
              )}
              {message}
            </span>
            {hasLinks ? (
              <Link
                href={changeHref({ collection, id })}
                className="shrink-0 text-accent text-sm underline-offset-2 hover:underline"
              >
                {t("policy.open")}
              </Link>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
