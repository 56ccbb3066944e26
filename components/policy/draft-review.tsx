"use client";

import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
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
import type { Translate } from "@/lib/words/translate";
import { DiffView } from "./diff-view";
import { ChangeList } from "./draft-bar";
import { FindingList } from "./finding-list";
import { ImpactView } from "./impact-view";
import { PublishDialog } from "./publish-dialog";
import { QueryState } from "./query-state";
import { useDiscardAll } from "./use-discard-all";
import { useDraftDiff, useFindings, useImpact } from "./use-policy";

const steps = ["changes", "validate", "impact", "diff"] as const;
type Step = (typeof steps)[number];
const stepNames = (t: Translate): Record<Step, string> => ({
  changes: t("policy.changes2"),
  validate: t("policy.validate"),
  impact: t("policy.impact"),
  diff: t("policy.differences"),
});

/** The way from the draft to a version: what is changed, is it right, what would it do, what exactly differs; publish. */
export function DraftReview({ draft }: { draft: Draft }) {
  const t = useTranslations();
  const mayEdit = useMay(policyEditors);
  const [step, setStep] = useState<Step>("changes");
  const [isPublishOpen, setPublishOpen] = useState(false);
  const [isDiscardOpen, setDiscardOpen] = useState(false);
  const closePublish = useCallback(() => setPublishOpen(false), []);
  const closeDiscard = useCallback(() => setDiscardOpen(false), []);
  const findings = useFindings(draft.etag);
  const impact = useImpact(draft.etag);
  const diff = useDraftDiff(draft.etag);
  const discardAll = useDiscardAll(draft.etag, closeDiscard);
  const errors = findings.data?.errors ?? 0;
  const isBlocked = errors > 0 || draft.canary !== null;
  const next = steps[steps.indexOf(step) + 1];

  const contents: Record<Step, ReactNode> = {
    changes: <ChangeList changes={draft.changes} />,
    validate: (
      <QueryState query={findings} failed={t("policy.theDraftCouldNotBeValidated")}>
        {(data) => <Validation findings={data} />}
      </QueryState>
    ),
    impact: (
      <QueryState query={impact} failed={t("policy.theImpactCouldNotBeWorked")}>
        {(data) => <ImpactView impact={data} />}
      </QueryState>
    ),
    diff: (
      <QueryState query={diff} failed={t("policy.theDifferencesCouldNotBeRead")}>
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
      title={t("policy.draft")}
      note={t("policy.onTopOfVersionSharedBy", { baseVersion: String(draft.baseVersion) })}
      actions={
        mayEdit ? (
          <>
            <Button variant="ghost" onClick={() => setDiscardOpen(true)}>
              {t("policy.discardAll")}
            </Button>
            <Button variant="primary" disabled={isBlocked} onClick={() => setPublishOpen(true)}>
              {t("policy.publish")}
            </Button>
          </>
        ) : null
      }
    >
      {draft.canary === null ? null : (
        <Note tone="warn" className="mx-4 mb-3">
          {t("policy.versionIsOnTrialPromoteOr", { version: String(draft.canary.version) })}
        </Note>
      )}
      {errors === 0 ? null : (
        <Note
          tone="warn"
          className="mx-4 mb-3"
          actions={
            <Button size="sm" onClick={() => setStep("validate")}>
              {t("policy.show")}
            </Button>
          }
        >
          {t("policy.errorsStopThePublicationMendWhat", { errors })}
        </Note>
      )}
      <Tabs
        label={t("policy.stepsToPublication")}
        value={step}
        onValue={setStep}
        tabs={steps.map((name, index) => ({
          value: name,
          label: (
            <>
              <span className="text-ink-3">{index + 1}</span>
              {stepNames(t)[name]}
              {marks[name]}
            </>
          ),
          content: contents[name],
        }))}
      />
      {next === undefined ? null : (
        <div className="flex justify-end border-line border-t px-4 py-2">
          <Button size="sm" onClick={() => setStep(next)}>
            {t("policy.next", { step: stepNames(t)[next] })}
          </Button>
        </div>
      )}
      <PublishDialog isOpen={isPublishOpen} onClose={closePublish} draft={draft} />
      <ConfirmDialog
        isOpen={isDiscardOpen}
        title={t("policy.discardTheWholeDraft")}
        confirmLabel={t("policy.discardChanges", { count: draft.changes.length })}
        isDangerous
        isBusy={discardAll.isPending}
        onConfirm={() => discardAll.mutate()}
        onClose={closeDiscard}
      >
        {t("policy.allChangesOfAllStaffAre")}
      </ConfirmDialog>
    </Card>
  );
}

function FindingMark({ findings }: { findings: Findings | undefined }) {
  const t = useTranslations();
  if (findings === undefined) return null;
  const { errors, warnings } = findings;
  if (errors > 0)
    return (
      <Badge tone="bad" icon={<CircleX size={12} aria-hidden />}>
        {t("policy.errors", { errors })}
      </Badge>
    );
  if (warnings > 0)
    return (
      <Badge tone="warn" icon={<TriangleAlert size={12} aria-hidden />}>
        {t("policy.warnings", { warnings })}
      </Badge>
    );
  return (
    <Badge tone="good" icon={<CircleCheck size={12} aria-hidden />}>
      {t("policy.right")}
    </Badge>
  );
}

function Validation({ findings: { errors, warnings, items } }: { findings: Findings }) {
  const t = useTranslations();
  return (
    <div className="flex flex-col gap-3 px-4 py-3">
      <p className="text-sm">
        {errors + warnings === 0
          ? t("policy.noFindingEveryRuleCanMatch")
          : t("policy.errorsWarningsErrorsStopAPublication", { errors, warnings })}
      </p>
      {items.length === 0 ? null : <FindingList findings={items} hasLinks />}
    </div>
  );
}
