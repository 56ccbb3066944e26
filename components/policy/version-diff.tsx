"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { Card } from "@/components/ui/card";
import { NumberField } from "@/components/ui/number-field";
import { DiffView } from "./diff-view";
import { readNumber } from "./prepare-class-form";
import { QueryState } from "./query-state";
import { useVersionDiff } from "./use-versions";

type VersionDiffProps = { version: number; before: number | null };

/** What a version differs in from any other; at first from the one that was in force before it. */
export function VersionDiff({ version, before }: VersionDiffProps) {
  const t = useTranslations();
  const [text, setText] = useState(before === null ? "" : String(before));
  const typed = readNumber(text);
  const against = Number.isInteger(typed) && typed >= 1 ? typed : null;
  const diff = useVersionDiff(version, against);
  return (
    <Card
      isFlush
      title={t("policy.differences")}
      note={
        against === null
          ? t("policy.chooseTheVersionToCompareWith")
          : t("policy.fromVersionToVersion", { against: String(against), version: String(version) })
      }
      actions={
        <NumberField
          label={t("policy.againstVersion")}
          text={text}
          onText={setText}
          className="flex items-center gap-2 *:mb-0 *:last:w-20"
        />
      }
    >
      {against === null ? (
        <p className="px-4 py-6 text-ink-2 text-sm">
          {version === 1 ? t("policy.thisIsTheFirstVersionThere") : t("policy.writeTheNumberOfAVersion")}
        </p>
      ) : (
        <QueryState query={diff} failed={t("policy.versionCouldNotBeCompared", { against: String(against) })}>
          {(data) => <DiffView diff={data} />}
        </QueryState>
      )}
    </Card>
  );
}
