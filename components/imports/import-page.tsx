"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { tell } from "@/components/api/tell";
import { Page, PageHeader } from "@/components/shell/page-header";
import { PageRefused } from "@/components/shell/page-refused";
import { subscriberEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { Badge } from "@/components/ui/badge";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Progress } from "@/components/ui/progress";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useNotify } from "@/components/ui/toast";
import { type ImportJob, importJobSchema } from "@/lib/contracts/subscribers";
import { ImportRows } from "./import-rows";
import { describeImport, fractionOf, isWorking, stateNames } from "./prepare-import";
import { useImportJob } from "./use-imports";

/** One import from its dry run to its result. */
export function ImportPage({ id }: { id: string }) {
  return useMay(subscriberEditors) ? <ImportBody id={id} /> : <PageRefused roles={subscriberEditors} />;
}

function ImportBody({ id }: { id: string }) {
  const t = useTranslations();
  const job = useImportJob(id);
  return (
    <Page>
      {job.isPending ? (
        <>
          <PageHeader title={t("imports.import")} />
          <Card isFlush>
            <TableSkeleton rows={6} />
          </Card>
        </>
      ) : null}
      {job.isError ? (
        <>
          {job.data === undefined ? <PageHeader title={t("imports.import")} /> : null}
          <ErrorState
            title={t("imports.theImportCouldNotBeRead")}
            detail={errorText(t, job.error)}
            onRetry={() => job.refetch()}
          />
        </>
      ) : null}
      {job.data === undefined ? null : <ImportView job={job.data} />}
    </Page>
  );
}

function ImportView({ job }: { job: ImportJob }) {
  const t = useTranslations();
  const state = stateNames(t)[job.state];
  const isReported = !isWorking(job) && job.rows > 0;
  return (
    <>
      <PageHeader
        title={job.name}
        actions={
          <>
            {isReported ? (
              <a href={`/api/subscriber-imports/${job.id}/result`} download className={buttonClass()}>
                <Download size={14} aria-hidden />
                {t("imports.resultFile")}
              </a>
            ) : null}
            <ImportActions job={job} />
          </>
        }
      >
        <Badge tone={state.tone}>{state.name}</Badge>
      </PageHeader>
      {job.failure === null ? null : (
        <ErrorState title={t("imports.nothingWasImported")} detail={tell(t, job.failure, job.failureTold)} />
      )}
      {isWorking(job) ? (
        <Card>
          <p className="pb-2 text-sm tnum" role="status">
            {t("imports.ofRows", {
              state: job.state === "checking" ? t("imports.checking") : t("imports.writing"),
              progress: job.progress,
              rows: job.rows,
            })}
          </p>
          <Progress label={t("imports.progressOfTheImport")} fraction={fractionOf(job)} />
        </Card>
      ) : null}
      {isReported && job.failure === null ? <p className="text-ink-2">{describeImport(t, job)}</p> : null}
      <ImportRows job={job} isReady={isReported} />
    </>
  );
}

function ImportActions({ job }: { job: ImportJob }) {
  const t = useTranslations();
  const [isCommitting, setCommitting] = useState(false);
  const close = useCallback(() => setCommitting(false), []);
  const queries = useQueryClient();
  const notify = useNotify();
  const took = (next: ImportJob) => {
    queries.setQueryData(queryKeys.importJob(job.id), next);
    void queries.invalidateQueries({ queryKey: queryKeys.allImports });
    void queries.invalidateQueries({ queryKey: queryKeys.allSubscribers });
  };
  const commit = useMutation({
    mutationFn: (reason: string) =>
      fetchJson(importJobSchema, `/api/subscriber-imports/${job.id}/commit`, { method: "POST", body: { reason } }),
    onSuccess: (next) => {
      took(next);
      setCommitting(false);
    },
  });
  const cancel = useMutation({
    mutationFn: () => fetchJson(importJobSchema, `/api/subscriber-imports/${job.id}/cancel`, { method: "POST" }),
    onSuccess: took,
    onError: (error) => notify({ tone: "bad", title: t("imports.notCancelled"), detail: errorText(t, error) }),
  });
  const writes = (job.counts.create ?? 0) + (job.counts.update ?? 0);
  return (
    <>
      {isWorking(job) || job.state === "checked" ? (
        <Button disabled={cancel.isPending} onClick={() => cancel.mutate()}>
          {t("imports.cancelImport")}
        </Button>
      ) : null}
      {job.state === "checked" ? (
        <Button variant="primary" disabled={writes === 0} onClick={() => setCommitting(true)}>
          {t("imports.commitRows", { rows: writes })}
        </Button>
      ) : null}
      <ReasonDialog
        isOpen={isCommitting}
        title={t("imports.commitRowsRows", { rows: writes })}
        confirmLabel={commit.isPending ? t("imports.starting") : t("imports.commitRows", { rows: writes })}
        isBusy={commit.isPending}
        failure={commit.isError ? errorText(t, commit.error) : null}
        onConfirm={(reason) => commit.mutate(reason)}
        onClose={close}
      >
        {describeImport(t, job)}
      </ReasonDialog>
    </>
  );
}
