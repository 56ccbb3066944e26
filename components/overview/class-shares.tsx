"use client";

import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { steeringNames } from "@/components/policy/prepare-class-facts";
import { ShareBar } from "@/components/policy/share-bar";
import { useDraftClasses } from "@/components/policy/use-policy";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { Link } from "@/components/ui/link";
import { Skeleton } from "@/components/ui/skeleton";
import { prepareClassShares } from "./prepare-class-shares";

/** Each class in force: what share of the last hour's bytes LTE may have had, and had. */
export function ClassShares() {
  const t = useTranslations();
  const classes = useDraftClasses();
  const shares = classes.data === undefined ? [] : prepareClassShares(classes.data.items);
  return (
    <Card
      title={t("overview.lteShareByClass")}
      note={t("overview.allBytesOfTheLastHour")}
      actions={
        <Link
          href="/policy/classes"
          className="rounded px-1 py-1 text-ink-2 text-sm underline-offset-4 hover:text-ink hover:underline"
        >
          {t("overview.allClasses")}
        </Link>
      }
    >
      {classes.isPending ? <Skeleton className="h-42" /> : null}
      {classes.isError && classes.data === undefined ? (
        <ErrorState
          title={t("overview.theClassesCouldNotBeRead")}
          detail={errorText(t, classes.error)}
          onRetry={() => classes.refetch()}
        />
      ) : null}
      <ul className="flex flex-col gap-3">
        {shares.map(({ id, name, steering, targetPercent, achievedPercent }) => (
          <li key={id} data-testid={`share-${id}`}>
            <p className="flex items-baseline justify-between gap-2 pb-0.5 text-sm">
              <span className="min-w-0 truncate font-medium">{name}</span>
              <span className="shrink-0 text-ink-3 text-xs">{steeringNames(t)[steering]}</span>
            </p>
            <ShareBar achievedPercent={achievedPercent} targetPercent={targetPercent} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
