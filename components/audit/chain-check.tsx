"use client";

import { useMutation } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { timeTag } from "@/components/time/time-text";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { ErrorState } from "@/components/ui/error-state";
import { Note } from "@/components/ui/note";
import { type AuditVerdict, auditVerdictSchema } from "@/lib/contracts/audit";

/** Has the server compare every hash of the log, and says what it found. */
export function ChainCheck() {
  const t = useTranslations();
  const check = useMutation({ mutationFn: () => fetchJson(auditVerdictSchema, "/api/audit/verification") });
  return (
    <Card
      title={t("audit.hashChain")}
      note={t("audit.eachEntrysHashCoversTheOne")}
      actions={
        <Button size="sm" disabled={check.isPending} onClick={() => check.mutate()}>
          <ShieldCheck size={14} aria-hidden />
          {check.isPending ? t("audit.verifying") : t("audit.verifyChain")}
        </Button>
      }
    >
      {check.isError ? (
        <ErrorState title={t("audit.theChainWasNotVerified")} detail={errorText(t, check.error)} />
      ) : null}
      <div role="status">{check.isSuccess ? <Verdict verdict={check.data} /> : null}</div>
    </Card>
  );
}

function Verdict({ verdict }: { verdict: AuditVerdict }) {
  const t = useTranslations();
  const { entries, brokenAt, headHash, verifiedAt } = verdict;
  if (brokenAt !== null)
    return <Note tone="warn">{t("audit.brokenAtEntryItWasChanged", { brokenAt: String(brokenAt), entries })}</Note>;
  return (
    <Note
      actions={
        <span className="flex items-center gap-1">
          <code className="font-mono text-xs">{headHash.slice(0, 16)}…</code>
          <CopyButton text={headHash} label={t("audit.copyHeadHash")} />
        </span>
      }
    >
      {t.rich("audit.wholeEntriesVerifiedKeepTheHead", { entries, time: timeTag(verifiedAt) })}
    </Note>
  );
}
