"use client";

import { Layers, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { Page, PageHeader } from "@/components/shell/page-header";
import { policyEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { ClassCard } from "./class-card";
import { NewClassDialog } from "./new-class-dialog";
import { ReadOnlyNote } from "./read-only-note";
import { useDraftClasses } from "./use-policy";

const gridClass = "grid items-start gap-4 md:grid-cols-[repeat(auto-fit,minmax(min(15rem,100%),1fr))]";

/** Gold, Silver, Bronze and what else there is, side by side. */
export function ServiceClassesPage() {
  const t = useTranslations();
  const classes = useDraftClasses();
  const mayEdit = useMay(policyEditors);
  const [isNewOpen, setNewOpen] = useState(false);
  const closeNew = useCallback(() => setNewOpen(false), []);
  const items = classes.data?.items ?? [];
  const present = items.filter(({ change }) => change !== "removed").map(({ item }) => item);

  return (
    <Page>
      <PageHeader
        title={t("classes.serviceClasses")}
        actions={
          mayEdit ? (
            <Button disabled={!classes.isSuccess} onClick={() => setNewOpen(true)}>
              <Plus size={14} aria-hidden />
              {t("classes.addAClass")}
            </Button>
          ) : null
        }
      />
      <ReadOnlyNote />
      {classes.isError ? (
        <ErrorState
          title={t("classes.theServiceClassesCouldNotBe")}
          detail={errorText(t, classes.error)}
          onRetry={() => classes.refetch()}
        />
      ) : null}
      {classes.isPending ? (
        <div role="status" aria-label={t("common.loading")} className={gridClass}>
          <Skeleton className="h-[44rem]" />
          <Skeleton className="h-[44rem]" />
          <Skeleton className="h-[44rem]" />
        </div>
      ) : null}
      {classes.isSuccess && items.length === 0 ? (
        <Card>
          <EmptyState icon={<Layers size={20} aria-hidden />} title={t("classes.noServiceClass")}>
            {t("classes.subscribersNeedOneToBeServed")}
          </EmptyState>
        </Card>
      ) : null}
      <div className={gridClass}>
        {items.map((draft) => (
          <ClassCard
            key={draft.item.id}
            draft={draft}
            others={present.filter(({ id }) => id !== draft.item.id)}
            mayEdit={mayEdit}
          />
        ))}
      </div>
      <NewClassDialog isOpen={isNewOpen} onClose={closeNew} classes={items.map(({ item }) => item)} />
    </Page>
  );
}
