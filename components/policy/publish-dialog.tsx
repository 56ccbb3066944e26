"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { ApiProblem, fetchJson } from "@/components/api/fetch-json";
import { useLive } from "@/components/live/live-provider";
import { useGo } from "@/components/shell/leave-guard";
import { Button } from "@/components/ui/button";
import { CheckBox } from "@/components/ui/check-box";
import { ChoiceCards } from "@/components/ui/choice-cards";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { NumberField } from "@/components/ui/number-field";
import { TextArea } from "@/components/ui/text-area";
import { type Draft, type PublishScope, policyVersionSchema } from "@/lib/contracts/policy-admin";
import type { Translate } from "@/lib/words/translate";
import { readNumber } from "./prepare-class-form";
import { policyPaths, readPolicyAnew } from "./use-policy";

const scopes = (t: Translate) =>
  [
    { value: "everyone", label: t("common.everyone"), note: t("policy.inForceOnEveryNodeAt") },
    { value: "percent", label: t("policy.trialAPartOfTheSubscribers"), note: t("policy.drawnAtRandomTheyStayThe") },
    { value: "nodes", label: t("policy.trialSomeNodes"), note: t("policy.everybodyWhoComesByTheseNodes") },
  ] as const satisfies readonly { value: PublishScope["kind"]; label: string; note: string }[];

type PublishFormProps = { onClose: () => void; draft: Draft };

/** Why, and for whom; then the version's own page shows how the nodes take it. */
export function PublishDialog({ isOpen, ...form }: PublishFormProps & { isOpen: boolean }) {
  const t = useTranslations();
  return (
    <Dialog isOpen={isOpen} onClose={form.onClose} title={t("policy.publishTheDraft")}>
      <PublishForm {...form} />
    </Dialog>
  );
}

function PublishForm({ onClose, draft }: PublishFormProps) {
  const t = useTranslations();
  const client = useQueryClient();
  const go = useGo();
  const nodes = useLive((state) => state.nodes).filter(({ kind }) => kind === "proxy");
  // What was looked at: a draft that changes while the reason is typed must not be published unseen.
  const [seen, setSeen] = useState(draft);
  const [reason, setReason] = useState("");
  const [kind, setKind] = useState<PublishScope["kind"]>("everyone");
  const [percent, setPercent] = useState("10");
  const [nodeIds, setNodeIds] = useState<readonly string[]>([]);
  const [isTried, setTried] = useState(false);

  const share = readNumber(percent);
  const isShareRight = Number.isInteger(share) && share >= 1 && share <= 99;
  const scope: PublishScope | null =
    kind === "everyone"
      ? { kind }
      : kind === "percent"
        ? isShareRight
          ? { kind, percent: share }
          : null
        : nodeIds.length > 0
          ? { kind, nodeIds: [...nodeIds] }
          : null;
  const isReasoned = reason.trim().length >= 3;

  const publish = useMutation({
    mutationFn: (chosen: PublishScope) =>
      fetchJson(policyVersionSchema, policyPaths.publish, {
        method: "POST",
        body: { reason: reason.trim(), scope: chosen },
        condition: { ifMatch: seen.etag },
      }),
    onSuccess: ({ version }) => {
      onClose();
      go(`/policy/versions/${version}`);
    },
    onSettled: () => readPolicyAnew(client),
  });
  const isOutdated = publish.error instanceof ApiProblem && publish.error.status === 412;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (scope !== null && isReasoned && !publish.isPending && !isOutdated) publish.mutate(scope);
  };

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 p-4">
      <p className="text-ink-2 text-sm">
        {t("policy.changes", { count: seen.changes.length })}: {seen.changes.map(({ name }) => name).join(", ")}.
      </p>
      <TextArea
        label={t("common.reason")}
        data-first-focus
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        hint={t("policy.keptWithTheVersionForWhoever")}
        error={isTried && !isReasoned ? t("common.sayWhyInAFewWords") : undefined}
      />
      <ChoiceCards label={t("policy.forWhom")} value={kind} choices={scopes(t)} onValue={setKind} />
      {kind === "percent" ? (
        <NumberField
          label={t("policy.partOfTheSubscribers")}
          unit="%"
          text={percent}
          onText={setPercent}
          error={isShareRight ? undefined : t("policy.aWholeNumberFrom1To")}
        />
      ) : null}
      {kind === "nodes" ? (
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1 font-medium text-sm">{t("policy.nodes2")}</legend>
          {nodes.map(({ id, name, health }) => (
            <CheckBox
              key={id}
              label={health === "up" ? name : t("policy.down", { name })}
              state={nodeIds.includes(id)}
              onState={(isChecked) =>
                setNodeIds((before) => (isChecked ? [...before, id] : before.filter((known) => known !== id)))
              }
            />
          ))}
          {nodes.length === 0 ? <p className="text-ink-2 text-sm">{t("policy.noProxyNodeHasReportedYet")}</p> : null}
          {isTried && nodeIds.length === 0 ? (
            <p role="alert" className="text-bad text-sm">
              {t("policy.chooseAtLeastOneNode")}
            </p>
          ) : null}
        </fieldset>
      ) : null}
      {kind === "everyone" ? null : <TrialNote />}
      {publish.isError ? (
        <ErrorState
          title={isOutdated ? t("policy.theDraftChangedWhileYouLooked") : t("policy.itWasNotPublished")}
          detail={
            isOutdated
              ? t("policy.itHasChangesNowLookAt", {
                  count: draft.changes.length,
                  changes: draft.changes.map(({ name }) => name).join(", "),
                })
              : errorText(t, publish.error)
          }
          {...(isOutdated
            ? {
                onRetry: () => {
                  setSeen(draft);
                  publish.reset();
                },
              }
            : {})}
        />
      ) : null}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant="primary" disabled={publish.isPending || isOutdated}>
          {publish.isPending
            ? t("policy.publishing")
            : kind === "everyone"
              ? t("policy.publishToEveryone")
              : t("policy.startTheTrial")}
        </Button>
      </DialogActions>
    </form>
  );
}

/** What a trial is, and how it ends by itself. */
export function TrialNote() {
  const t = useTranslations();
  return <p className="text-ink-2 text-sm">{t("policy.aTrialStaysBesideTheVersion")}</p>;
}
