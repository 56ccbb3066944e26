"use client";

import { useState } from "react";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Pager } from "@/components/ui/pager";
import { Segmented } from "@/components/ui/segmented";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useCursorPages } from "@/components/ui/use-cursor-pages";
import type { ImportJob, ImportOutcome } from "@/lib/contracts/subscribers";
import { errorMessage } from "@/lib/shared/errors";
import { outcomeNames } from "./prepare-import";
import { useImportRows } from "./use-imports";

const outcomes = ["all", "error", "create", "update", "unchanged"] as const;
const outcomeClass = (outcome: ImportOutcome) => (outcome === "error" ? "text-bad" : "");
const pageNames = { back: "Previous", next: "Next" };

/** What became, or would become, of each row of the file. */
export function ImportRows({ job, isReady }: { job: ImportJob; isReady: boolean }) {
  const [outcome, setOutcome] = useState<ImportOutcome | "all">(job.counts.error > 0 ? "error" : "all");
  const pages = useCursorPages();
  const rows = useImportRows(job.id, outcome, pages.cursor, isReady);
  if (!isReady) return null;
  const items = rows.data?.items ?? [];
  return (
    <Card
      isFlush
      title="Rows"
      actions={
        <Segmented
          label="Outcome"
          value={outcome}
          options={outcomes.map((value) => ({
            value,
            label:
              value === "all"
                ? `All ${job.rows.toLocaleString("en-GB")}`
                : `${outcomeNames[value]} ${(job.counts[value] ?? 0).toLocaleString("en-GB")}`,
          }))}
          onValue={(next) => {
            setOutcome(next);
            pages.reset();
          }}
          className="max-w-full flex-wrap max-sm:h-auto"
        />
      }
    >
      {rows.isPending ? <TableSkeleton rows={8} /> : null}
      {rows.isError ? (
        <ErrorState
          className="m-4"
          title="The rows could not be read"
          detail={errorMessage(rows.error)}
          onRetry={() => rows.refetch()}
        />
      ) : null}
      {rows.isSuccess && items.length === 0 ? <EmptyState title="No row like this" /> : null}
      {items.length > 0 ? (
        <>
          <Table label="Table of rows">
            <thead>
              <tr>
                <Th className="text-right sm:w-20">Line</Th>
                <Th>MSISDN</Th>
                <Th className="hidden sm:table-cell">Outcome</Th>
                <Th className="hidden sm:table-cell">What to know</Th>
              </tr>
            </thead>
            <tbody>
              {items.map((row) => (
                <Tr key={row.line}>
                  <Td className="text-right text-ink-3 tnum">{row.line}</Td>
                  <Td className="tnum sm:whitespace-nowrap">
                    {row.msisdn}
                    <span className="block text-xs sm:hidden">
                      <span className={outcomeClass(row.outcome)}>{outcomeNames[row.outcome]}</span>{" "}
                      <span className="text-ink-2">{row.message}</span>
                    </span>
                  </Td>
                  <Td className={`hidden sm:table-cell ${outcomeClass(row.outcome)}`}>{outcomeNames[row.outcome]}</Td>
                  <Td className="hidden text-ink-2 sm:table-cell">{row.message}</Td>
                </Tr>
              ))}
            </tbody>
          </Table>
          <Pager pages={pages} nextCursor={rows.data?.nextCursor ?? null} names={pageNames} />
        </>
      ) : null}
    </Card>
  );
}
