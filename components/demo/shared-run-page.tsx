"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useSyncExternalStore } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { QueryProvider } from "@/components/api/query-provider";
import { Brand } from "@/components/shell/brand";
import { Page } from "@/components/shell/page-header";
import { untilTag } from "@/components/time/time-text";
import { ErrorState } from "@/components/ui/error-state";
import { Note } from "@/components/ui/note";
import { Skeleton } from "@/components/ui/skeleton";
import { ToastProvider } from "@/components/ui/toast";
import { openDemoShareSchema, sharedRunSchema } from "@/lib/contracts/demo-shares";
import { Recording } from "./recording";

function watchHash(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

/** The token behind the `#`: the browser keeps it to itself. Null on the server. */
function useToken(): string | null {
  return useSyncExternalStore(
    watchHash,
    () => window.location.hash.slice(1),
    () => null,
  );
}

/** One run for somebody who has its link and no account. */
export function SharedRunPage({ environment }: { environment: string }) {
  return (
    <QueryProvider>
      <ToastProvider>
        <header className="shell-chrome flex h-14 items-center border-line border-b bg-surface px-4 sm:px-6">
          <Brand environment={environment} />
        </header>
        <main>
          <Page>
            <SharedRun />
          </Page>
        </main>
      </ToastProvider>
    </QueryProvider>
  );
}

function SharedRun() {
  const t = useTranslations();
  const token = useToken();
  const request = openDemoShareSchema.safeParse({ token });
  const shared = useQuery({
    queryKey: queryKeys.sharedRun(token),
    queryFn: ({ signal }) =>
      fetchJson(sharedRunSchema, "/api/demo/shares/open", {
        method: "POST",
        body: request.data,
        signal,
        isSignedOut: true,
      }),
    enabled: request.success,
    retry: false,
    refetchOnWindowFocus: false,
  });
  if (token !== null && !request.success)
    return (
      <>
        <h1 className="font-semibold text-xl tracking-tight">{t("demo.sharedRun")}</h1>
        <ErrorState title={t("demo.theLinkIsNotComplete")} detail={t("demo.openItExactlyAsItWas")} />
      </>
    );
  if (shared.data === undefined && shared.isError)
    return (
      <>
        <h1 className="font-semibold text-xl tracking-tight">{t("demo.sharedRun")}</h1>
        <ErrorState
          title={t("demo.theRunIsNotShown")}
          detail={errorText(t, shared.error)}
          onRetry={() => shared.refetch()}
        />
      </>
    );
  if (shared.data === undefined) return <Skeleton className="h-96" />;
  return (
    <>
      <Note className="off-stage">
        {t.rich("demo.aRecordingThatWasSharedWith", { time: untilTag(shared.data.expiresAt) })}
      </Note>
      <Recording run={shared.data.run} />
    </>
  );
}
