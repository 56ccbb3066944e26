"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
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
import { errorMessage } from "@/lib/shared/errors";
import { readNumber } from "./prepare-class-form";
import { formatCount } from "./prepare-words";
import { policyPaths, readPolicyAnew } from "./use-policy";

const scopes = [
  { value: "everyone", label: "Everyone", note: "In force on every node at once." },
  { value: "percent", label: "Trial: a part of the subscribers", note: "Drawn at random; they stay the same ones." },
  { value: "nodes", label: "Trial: some nodes", note: "Everybody who comes by these nodes." },
] as const satisfies readonly { value: PublishScope["kind"]; label: string; note: string }[];

type PublishFormProps = { onClose: () => void; draft: Draft };

/** Why, and for whom; then the version's own page shows how the nodes take it. */
export function PublishDialog({ isOpen, ...form }: PublishFormProps & { isOpen: boolean }) {
  return (
    <Dialog isOpen={isOpen} onClose={form.onClose} title="Publish the draft">
      <PublishForm {...form} />
    </Dialog>
  );
}

function PublishForm({ onClose, draft }: PublishFormProps) {
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
        {formatCount(seen.changes.length, "change", "changes")}: {seen.changes.map(({ name }) => name).join(", ")}.
      </p>
      <TextArea
        label="Reason"
        data-first-focus
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        hint="Kept with the version, for whoever asks why."
        error={isTried && !isReasoned ? "Say why, in a few words." : undefined}
      />
      <ChoiceCards label="For whom" value={kind} choices={scopes} onValue={setKind} />
      {kind === "percent" ? (
        <NumberField
          label="Part of the subscribers"
          unit="%"
          text={percent}
          onText={setPercent}
          error={isShareRight ? undefined : "A whole number from 1 to 99."}
        />
      ) : null}
      {kind === "nodes" ? (
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1 font-medium text-sm">Nodes</legend>
          {nodes.map(({ id, name, health }) => (
            <CheckBox
              key={id}
              label={health === "up" ? name : `${name} (down)`}
              state={nodeIds.includes(id)}
              onState={(isChecked) =>
                setNodeIds((before) => (isChecked ? [...before, id] : before.filter((known) => known !== id)))
              }
            />
          ))}
          {nodes.length === 0 ? <p className="text-ink-2 text-sm">No proxy node has reported yet.</p> : null}
          {isTried && nodeIds.length === 0 ? (
            <p role="alert" className="text-bad text-sm">
              Choose at least one node.
            </p>
          ) : null}
        </fieldset>
      ) : null}
      {kind === "everyone" ? null : <TrialNote />}
      {publish.isError ? (
        <ErrorState
          title={isOutdated ? "The draft changed while you looked at it" : "It was not published"}
          detail={
            isOutdated
              ? `It has ${formatCount(draft.changes.length, "change", "changes")} now: ${draft.changes.map(({ name }) => name).join(", ")}. Look at them, then publish again.`
              : errorMessage(publish.error)
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
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={publish.isPending || isOutdated}>
          {publish.isPending ? "Publishing…" : kind === "everyone" ? "Publish to everyone" : "Start the trial"}
        </Button>
      </DialogActions>
    </form>
  );
}

/** What a trial is, and how it ends by itself. */
export function TrialNote() {
  return (
    <p className="text-ink-2 text-sm">
      A trial stays beside the version in force until you promote or revert it. It reverts by itself when a node cannot
      apply it, or is connected and does not answer within 15 seconds. Meanwhile nothing else can be published.
    </p>
  );
}
