"use client";

import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Page, PageHeader } from "@/components/shell/page-header";
import { PageRefused } from "@/components/shell/page-refused";
import { apiReaders } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { SearchField } from "@/components/ui/search-field";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { OperationItem } from "./operation-item";
import { type ApiDocument, apiDocumentSchema, prepareOperations } from "./prepare-api";

/** The API's description, to read. */
export function ApiReferencePage() {
  return useMay(apiReaders) ? <ApiReferenceBody /> : <PageRefused roles={apiReaders} />;
}

function ApiReferenceBody() {
  const t = useTranslations();
  const locale = useLocale();
  const path = `/api/openapi.json?language=${locale}`;
  const [text, setText] = useState("");
  const search = useCallback((next: string) => setText(next), []);
  const description = useQuery({
    queryKey: queryKeys.apiReference(locale),
    queryFn: ({ signal }) => fetchJson(apiDocumentSchema, path, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Page>
      <PageHeader
        title={t("apiReference.apiReference")}
        actions={
          <a href={path} download="openapi.json" className={buttonClass()}>
            <Download size={14} aria-hidden />
            OpenAPI 3.1
          </a>
        }
      />
      <SearchField label={t("apiReference.pathOrSummary")} value={text} onSearch={search} className="w-full sm:w-80" />
      {description.isPending ? <TableSkeleton rows={12} /> : null}
      {description.isError ? (
        <ErrorState
          title={t("apiReference.theDescriptionCouldNotBeRead")}
          detail={errorText(t, description.error)}
          onRetry={() => description.refetch()}
        />
      ) : null}
      {description.isSuccess ? <Operations document={description.data} text={text} /> : null}
    </Page>
  );
}

function Operations({ document, text }: { document: ApiDocument; text: string }) {
  const t = useTranslations();
  const parts = prepareOperations(document, text);
  if (parts.length === 0)
    return <EmptyState title={t("apiReference.noCallFits")}>{t("apiReference.takeAWordAway")}</EmptyState>;
  return (
    <>
      <p className="text-ink-2 text-sm">{document.info.description}</p>
      {parts.map(({ part, operations }) => (
        <Card key={part} title={<span translate="no">{part}</span>} isFlush>
          <ul className="flex flex-col">
            {operations.map((operation) => (
              <OperationItem key={`${operation.method} ${operation.path}`} operation={operation} />
            ))}
          </ul>
        </Card>
      ))}
    </>
  );
}
