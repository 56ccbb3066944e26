"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { errorText } from "@/components/api/error-text";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Pager } from "@/components/ui/pager";
import { Segmented } from "@/components/ui/segmented";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useCursorPages } from "@/components/ui/use-cursor-pages";
import type { ImportJob, ImportOutcome } from "@/lib/contracts/subscribers";
import type { Translate } from "@/lib/words/translate";
import { outcomeNames, tellRow } from "./prepare-import";
import { useImportRows } from "./use-imports";

const outcomes = ["all", "error", "create", "update", "unchanged"] as const;
const outcomeClass = (outcome: ImportOutcome) => (outcome === "error" ? "text-bad" : "");
const pageNames = (t: Translate) => ({ back: t("common.previous"), next: t("common.next") });

/** What became, or would become, of each row of the file. */
export function ImportRows({ job, isReady }: { job: ImportJob; isReady: boolean }) {
  const t = useTranslations();
  const [outcome, setOutcome] = useState<ImportOutcome | "all">(job.counts.error > 0 ? "error" : "all");
  const pages = useCursorPages();
  const rows = useImportRows(job.id, outcome, pages.cursor, isReady);
  if (!isReady) return null;
  const items = rows.data?.items ?? [];
  return (
    <Card
      isFlush
      title={t("imports.rows")}
      actions={
        <Segmented
          label={t("imports.outcome")}
          value={outcome}
          options={outcomes.map((value) => ({
            value,
            label:
              value === "all"
                ? t("imports.all", { rows: job.rows })
                : `${outcomeNames(t)[value]} ${t("common.number", { value: job.counts[value] ?? 0 })}`,
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
          title={t("imports.theRowsCouldNotBeRead")}
          detail={errorText(t, rows.error)}
          onRetry={() => rows.refetch()}
        />
      ) : null}
      {rows.isSuccess && items.length === 0 ? <EmptyState title={t("imports.noRowLikeThis")} /> : null}
      {items.length > 0 ? (
        <>
          <Table label={t("imports.tableOfRows")}>
            <thead>
              <tr>
                <Th className="text-right sm:w-20">{t("imports.line")}</Th>
                <Th>MSISDN</Th>
                <Th className="hidden sm:table-cell">{t("imports.outcome")}</Th>
                <Th className="hidden sm:table-cell">{t("imports.whatToKnow")}</Th>
              </tr>
            </thead>
            <tbody>
              {items.map((row) => (
                <Tr key={row.line}>
                  <Td className="text-right text-ink-3 tnum">{row.line}</Td>
                  <Td className="tnum sm:whitespace-nowrap">
                    {row.msisdn}
                    <span className="block text-xs sm:hidden">
                      <span className={outcomeClass(row.outcome)}>{outcomeNames(t)[row.outcome]}</span>{" "}
                      <span className="text-ink-2">{tellRow(t, row)}</span>
                    </span>
                  </Td>
                  <Td className={`hidden sm:table-cell ${outcomeClass(row.outcome)}`}>
                    {outcomeNames(t)[row.outcome]}
                  </Td>
                  <Td className="hidden text-ink-2 sm:table-cell">{tellRow(t, row)}</Td>
                </Tr>
              ))}
            </tbody>
          </Table>
          <Pager pages={pages} nextCursor={rows.data?.nextCursor ?? null} names={pageNames(t)} />
        </>
      ) : null}
    </Card>
  );
}
