"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { isRunActive } from "@/components/live/live-store";
import { Page } from "@/components/shell/page-header";
import { demoTeams } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { buttonClass } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { Skeleton } from "@/components/ui/skeleton";
import { demoRunSchema } from "@/lib/contracts/live";
import { Recording } from "./recording";
import { ShareButton } from "./share-button";

function BackLink() {
  const t = useTranslations();
  return (
    <Link href="/demo" className={buttonClass("secondary")}>
      <ArrowLeft size={14} aria-hidden />
      {t("demo.allRuns")}
    </Link>
  );
}

/** A run that was kept, always marked as recorded; it can be played again in its own time, and shared. */
export function RecordedRun({ id }: { id: string }) {
  const t = useTranslations();
  const mayShare = useMay(demoTeams);
  const run = useQuery({
    queryKey: queryKeys.demoRun(id),
    queryFn: ({ signal }) => fetchJson(demoRunSchema, `/api/demo/runs/${encodeURIComponent(id)}`, { signal }),
  });
  return (
    <Page>
      {run.isPending ? <Skeleton className="h-96" /> : null}
      {run.isError ? (
        <>
          {run.data === undefined ? <BackLink /> : null}
          <ErrorState
            className="off-stage"
            title={t("demo.theRunCouldNotBeRead")}
            detail={errorText(t, run.error)}
            onRetry={() => run.refetch()}
          />
        </>
      ) : null}
      {run.data === undefined ? null : (
        <Recording
          run={run.data}
          actions={
            <>
              <BackLink />
              {mayShare && !isRunActive(run.data) ? <ShareButton runId={id} /> : null}
            </>
          }
        />
      )}
    </Page>
  );
}
