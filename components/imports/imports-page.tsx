"use client";

import { useMutation } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import Link from "next/link";
import { type DragEvent, useRef, useState } from "react";
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
import { Pager } from "@/components/ui/pager";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useCursorPages } from "@/components/ui/use-cursor-pages";
import { type ImportJob, importJobSchema } from "@/lib/contracts/subscribers";
import { errorMessage } from "@/lib/shared/errors";
import { formatBytes } from "@/lib/shared/units";
import { stateNames } from "./prepare-import";
import { useImports } from "./use-imports";

/** Import subscribers from CSV files, and what earlier imports did. */
export function ImportsPage() {
  return useMay(subscriberEditors) ? <ImportsBody /> : <PageRefused roles={subscriberEditors} />;
}

function ImportsBody() {
  const pages = useCursorPages();
  const jobs = useImports(pages.cursor);
  const rows = jobs.data?.items ?? [];
  return (
    <Page>
      <PageHeader title="Imports" />
      <UploadCard />
      {jobs.isError ? (
        <ErrorState
          title="The imports could not be read"
          detail={errorMessage(jobs.error)}
          onRetry={() => jobs.refetch()}
        />
      ) : null}
      <Card isFlush title="Earlier imports">
        {jobs.isPending ? <TableSkeleton rows={4} /> : null}
        {jobs.isSuccess && rows.length === 0 ? <EmptyState title="Nothing was imported yet" /> : null}
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
        aria-label="CSV file"
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
          Drop a CSV file here. Columns: <code className="font-mono text-ink">msisdn</code>,{" "}
          <code className="font-mono text-ink">imsi</code>, <code className="font-mono text-ink">state</code>,{" "}
          <code className="font-mono text-ink">service_class</code>,{" "}
          <code className="font-mono text-ink">extra_white_lists</code>. It is checked first; nothing changes before you
          commit.
        </p>
        <input
          ref={input}
          type="file"
          accept=".csv,text/csv"
          aria-label="CSV file"
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = "";
            if (file !== undefined) upload.mutate(file);
          }}
        />
        <Button variant="primary" disabled={upload.isPending} onClick={() => input.current?.click()}>
          {upload.isPending ? "Sending the file…" : "Choose a file"}
        </Button>
        {upload.isError ? (
          <ErrorState className="w-full text-left" title="The file was not taken" detail={errorMessage(upload.error)} />
        ) : null}
      </section>
    </Card>
  );
}

function JobsTable({ rows }: { rows: readonly ImportJob[] }) {
  return (
    <Table label="Table of imports">
      <thead>
        <tr>
          <Th>File</Th>
          <Th>State</Th>
          <Th className="hidden text-right sm:table-cell">Rows</Th>
          <Th className="hidden text-right md:table-cell">Size</Th>
          <Th className="hidden md:table-cell">By</Th>
          <Th className="hidden sm:table-cell">Started</Th>
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
              <Badge tone={stateNames[job.state].tone}>{stateNames[job.state].name}</Badge>
            </Td>
            <Td className="hidden text-right tnum sm:table-cell">{job.rows.toLocaleString("en-GB")}</Td>
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
