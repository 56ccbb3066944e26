"use client";

import { useMutation } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useTranslations } from "next-intl";
import { type DragEvent, useRef, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryString } from "@/components/api/query-string";
import { useGo } from "@/components/shell/leave-guard";
import { Page, PageHeader } from "@/components/shell/page-header";
import { PageRefused } from "@/components/shell/page-refused";
import { subscriberEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { TimeText } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { Pager } from "@/components/ui/pager";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useCursorPages } from "@/components/ui/use-cursor-pages";
import { type ImportJob, importJobSchema } from "@/lib/contracts/subscribers";
import { formatBytes } from "@/lib/shared/units";
import { stateNames } from "./prepare-import";
import { useImports } from "./use-imports";

/** Import subscribers from CSV files, and what earlier imports did. */
export function ImportsPage() {
  return useMay(subscriberEditors) ? <ImportsBody /> : <PageRefused roles={subscriberEditors} />;
}

function ImportsBody() {
  const t = useTranslations();
  const pages = useCursorPages();
  const jobs = useImports(pages.cursor);
  const rows = jobs.data?.items ?? [];
  return (
    <Page>
      <PageHeader title={t("imports.imports")} />
      <UploadCard />
      {jobs.isError ? (
        <ErrorState
          title={t("imports.theImportsCouldNotBeRead")}
          detail={errorText(t, jobs.error)}
          onRetry={() => jobs.refetch()}
        />
      ) : null}
      <Card isFlush title={t("imports.earlierImports")}>
        {jobs.isPending ? <TableSkeleton rows={4} /> : null}
        {jobs.isSuccess && rows.length === 0 ? <EmptyState title={t("imports.nothingWasImportedYet")} /> : null}
        {rows.length > 0 ? (
          <>
            <JobsTable rows={rows} />
            <Pager pages={pages} nextCursor={jobs.data?.nextCursor ?? null} />
          </>
        ) : null}
      </Card>
    </Page>
  );
}

function UploadCard() {
  const t = useTranslations();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const go = useGo();
  const upload = useMutation({
    mutationFn: (file: File) =>
      fetchJson(importJobSchema, `/api/subscriber-imports${queryString({ name: file.name.slice(0, 120) })}`, {
        method: "POST",
        file: { content: file, type: "text/csv" },
      }),
    onSuccess: ({ id }) => go(`/subscribers/imports/${id}`),
  });
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined && !upload.isPending) upload.mutate(file);
  };
  return (
    <Card>
      <section
        aria-label={t("imports.csvFile")}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
        className={`flex flex-col items-center gap-3 rounded-lg border border-dashed px-4 py-8 text-center ${
          isOver ? "border-accent bg-accent-soft" : "border-line-strong"
        }`}
      >
        <FileUp size={20} aria-hidden className="text-ink-3" />
        <p className="text-ink-2 text-sm">
          {t.rich("imports.dropACsvFileHereColumns", {
            code: (chunks) => <code className="font-mono text-ink">{chunks}</code>,
          })}
        </p>
        <input
          ref={input}
          type="file"
          accept=".csv,text/csv"
          aria-label={t("imports.csvFile")}
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = "";
            if (file !== undefined) upload.mutate(file);
          }}
        />
        <Button variant="primary" disabled={upload.isPending} onClick={() => input.current?.click()}>
          {upload.isPending ? t("imports.sendingTheFile") : t("imports.chooseAFile")}
        </Button>
        {upload.isError ? (
          <ErrorState
            className="w-full text-left"
            title={t("imports.theFileWasNotTaken")}
            detail={errorText(t, upload.error)}
          />
        ) : null}
      </section>
    </Card>
  );
}

function JobsTable({ rows }: { rows: readonly ImportJob[] }) {
  const t = useTranslations();
  return (
    <Table label={t("imports.tableOfImports")}>
      <thead>
        <tr>
          <Th>{t("imports.file")}</Th>
          <Th>{t("common.state")}</Th>
          <Th className="hidden text-right sm:table-cell">{t("imports.rows")}</Th>
          <Th className="hidden text-right md:table-cell">{t("imports.size")}</Th>
          <Th className="hidden md:table-cell">{t("imports.by")}</Th>
          <Th className="hidden sm:table-cell">{t("common.started")}</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((job) => (
          <Tr key={job.id} className="hover:bg-sunken/60">
            <Td>
              <Link
                href={`/subscribers/imports/${job.id}`}
                className="block max-w-64 truncate font-medium underline-offset-4 hover:underline"
              >
                {job.name}
              </Link>
            </Td>
            <Td>
              <Badge tone={stateNames(t)[job.state].tone}>{stateNames(t)[job.state].name}</Badge>
            </Td>
            <Td className="hidden text-right tnum sm:table-cell">{t("common.number", { value: job.rows })}</Td>
            <Td className="hidden text-right tnum md:table-cell">{formatBytes(job.sizeBytes)}</Td>
            <Td className="hidden md:table-cell">{job.createdBy}</Td>
            <Td className="hidden sm:table-cell">
              <TimeText at={job.createdAt} style="short" />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
