"use client";

import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";
import { policyEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Note } from "@/components/ui/note";
import { Tabs } from "@/components/ui/tabs";
import type { Draft, FindingList as Findings } from "@/lib/contracts/policy-admin";
import { DiffView } from "./diff-view";
import { ChangeList } from "./draft-bar";
import { FindingList } from "./finding-list";
import { ImpactView } from "./impact-view";
import { formatCount } from "./prepare-words";
import { PublishDialog } from "./publish-dialog";
import { QueryState } from "./query-state";
import { useDiscardAll } from "./use-discard-all";
import { useDraftDiff, useFindings, useImpact } from "./use-policy";

const steps = ["changes", "validate", "impact", "diff"] as const;
type Step = (typeof steps)[number];
const stepNames: Record<Step, string> = {
  changes: "Changes",
  validate: "Validate",
  impact: "Impact",
  diff: "Differences",
};

/** The way from the draft to a version: what is changed, is it right, what would it do, what exactly differs; publish. */
export function DraftReview({ draft }: { draft: Draft }) {
  const mayEdit = useMay(policyEditors);
  const [step, setStep] = useState<Step>("changes");
  const [isPublishOpen, setPublishOpen] = useState(false);
  const [isDiscardOpen, setDiscardOpen] = useState(false);
  const closePublish = useCallback(() => setPublishOpen(false), []);
  const closeDiscard = useCallback(() => setDiscardOpen(false), []);
  const findings = useFindings();
  const impact = useImpact();
  const diff = useDraftDiff();
  const discardAll = useDiscardAll(closeDiscard);
  const errors = findings.data?.errors ?? 0;
  const isBlocked = errors > 0 || draft.canary !== null;
  const next = steps[steps.indexOf(step) + 1];

  const contents: Record<Step, ReactNode> = {
    changes: <ChangeList changes={draft.changes} />,
    validate: (
      <QueryState query={findings} failed="The draft could not be validated">
        {(data) => <Validation findings={data} />}
      </QueryState>
    ),
    impact: (
      <QueryState query={impact} failed="The impact could not be worked out">
        {(data) => <ImpactView impact={data} />}
      </QueryState>
    ),
    diff: (
      <QueryState query={diff} failed="The differences could not be read">
        {(data) => <DiffView diff={data} />}
      </QueryState>
    ),
  };
  const marks: Record<Step, ReactNode> = {
    changes: <Badge>{draft.changes.length}</Badge>,
    validate: <FindingMark findings={findings.data} />,
    impact: null,
    diff: null,
  };

  return (
    <Card
      isFlush
      title="Draft"
      note={`On top of version ${draft.baseVersion}, shared by all staff. Nothing of it is in force before it is published.`}
      actions={
        mayEdit ? (
          <>
            <Button variant="ghost" onClick={() => setDiscardOpen(true)}>
              Discard all
            </Button>
            <Button variant="primary" disabled={isBlocked} onClick={() => setPublishOpen(true)}>
              Publish…
            </Button>
          </>
        ) : null
      }
    >
      {draft.canary === null ? null : (
        <Note tone="warn" className="mx-4 mb-3">
          Version {draft.canary.version} is on trial. Promote or revert it before anything else is published.
        </Note>
      )}
      {errors === 0 ? null : (
        <Note
          tone="warn"
          className="mx-4 mb-3"
          actions={
            <Button size="sm" onClick={() => setStep("validate")}>
              Show
            </Button>
          }
        >
          {formatCount(errors, "error stops", "errors stop")} the publication. Mend what “Validate” lists.
        </Note>
      )}
      <Tabs
        label="Steps to publication"
        value={step}
        onValue={setStep}
        tabs={steps.map((name, index) => ({
          value: name,
          label: (
            <>
              <span className="text-ink-3">{index + 1}</span>
              {stepNames[name]}
              {marks[name]}
            </>
          ),
          content: contents[name],
        }))}
      />
      {next === undefined ? null : (
        <div className="flex justify-end border-line border-t px-4 py-2">
          <Button size="sm" onClick={() => setStep(next)}>
            Next: {stepNames[next]}
          </Button>
        </div>
      )}
      <PublishDialog isOpen={isPublishOpen} onClose={closePublish} draft={draft} />
      <ConfirmDialog
        isOpen={isDiscardOpen}
        title="Discard the whole draft?"
        confirmLabel={`Discard ${formatCount(draft.changes.length, "change", "changes")}`}
        isDangerous
        isBusy={discardAll.isPending}
        onConfirm={() => discardAll.mutate()}
        onClose={closeDiscard}
      >
        All changes of all staff are dropped; the draft is then as in force. The audit log keeps that it was done.
      </ConfirmDialog>
    </Card>
  );
}

function FindingMark({ findings }: { findings: Findings | undefined }) {
  if (findings === undefined) return null;
  const { errors, warnings } = findings;
  if (errors > 0)
    return (
      <Badge tone="bad" icon={<CircleX size={12} aria-hidden />}>
        {formatCount(errors, "error", "errors")}
      </Badge>
    );
  if (warnings > 0)
    return (
      <Badge tone="warn" icon={<TriangleAlert size={12} aria-hidden />}>
        {formatCount(warnings, "warning", "warnings")}
      </Badge>
    );
  return (
    <Badge tone="good" icon={<CircleCheck size={12} aria-hidden />}>
      right
    </Badge>
  );
}

function Validation({ findings: { errors, warnings, items } }: { findings: Findings }) {
  return (
    <div className="flex flex-col gap-3 px-4 py-3">
      <p className="text-sm">
        {errors + warnings === 0
          ? "No finding: every rule can match, every class can be used."
          : `${formatCount(errors, "error", "errors")}, ${formatCount(warnings, "warning", "warnings")}. Errors stop a publication, warnings do not.`}
      </p>
      {items.length === 0 ? null : <FindingList findings={items} hasLinks />}
    </div>
  );
}
