"use client";

import { useMutation } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { fetchJson } from "@/components/api/fetch-json";
import { TimeText } from "@/components/time/time-text";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { ErrorState } from "@/components/ui/error-state";
import { Note } from "@/components/ui/note";
import { type AuditVerdict, auditVerdictSchema } from "@/lib/contracts/audit";
import { errorMessage } from "@/lib/shared/errors";

/** Has the server compare every hash of the log, and says what it found. */
export function ChainCheck() {
  const check = useMutation({ mutationFn: () => fetchJson(auditVerdictSchema, "/api/audit/verification") });
  return (
    <Card
      title="Hash chain"
      note="Each entry's hash covers the one before it: a change in between is found."
      actions={
        <Button size="sm" disabled={check.isPending} onClick={() => check.mutate()}>
          <ShieldCheck size={14} aria-hidden />
          {check.isPending ? "Verifying…" : "Verify chain"}
        </Button>
      }
    >
      {check.isError ? <ErrorState title="The chain was not verified" detail={errorMessage(check.error)} /> : null}
      <div role="status">{check.isSuccess ? <Verdict verdict={check.data} /> : null}</div>
    </Card>
  );
}

function Verdict({ verdict }: { verdict: AuditVerdict }) {
  const { entries, brokenAt, headHash, verifiedAt } = verdict;
  if (brokenAt !== null)
    return (
      <Note tone="warn">
        Broken at entry {brokenAt}: it was changed, or one before it is missing. The {entries.toLocaleString("en")}{" "}
        before it are whole. Keep a copy of the database and find out who had access to it.
      </Note>
    );
  return (
    <Note
      actions={
        <span className="flex items-center gap-1">
          <code className="font-mono text-xs">{headHash.slice(0, 16)}…</code>
          <CopyButton text={headHash} label="Copy head hash" />
        </span>
      }
    >
      Whole: {entries.toLocaleString("en")} entries, verified <TimeText at={verifiedAt} />. Keep the head hash
      elsewhere: with it a cut-off end is found too.
    </Note>
  );
}
