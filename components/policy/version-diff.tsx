"use client";

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
  const [text, setText] = useState(before === null ? "" : String(before));
  const typed = readNumber(text);
  const against = Number.isInteger(typed) && typed >= 1 ? typed : null;
  const diff = useVersionDiff(version, against);
  return (
    <Card
      isFlush
      title="Differences"
      note={against === null ? "Choose the version to compare with." : `From version ${against} to version ${version}.`}
      actions={
        <NumberField
          label="Against version"
          text={text}
          onText={setText}
          className="flex items-center gap-2 *:mb-0 *:last:w-20"
        />
      }
    >
      {against === null ? (
        <p className="px-4 py-6 text-ink-2 text-sm">
          {version === 1 ? "This is the first version: there is none before it." : "Write the number of a version."}
        </p>
      ) : (
        <QueryState query={diff} failed={`Version ${against} could not be compared`}>
          {(data) => <DiffView diff={data} />}
        </QueryState>
      )}
    </Card>
  );
}
