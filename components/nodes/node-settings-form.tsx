"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { errorText, fieldTexts } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { lostUpdateOf } from "@/components/api/lost-update";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Note } from "@/components/ui/note";
import { NumberField } from "@/components/ui/number-field";
import { Skeleton } from "@/components/ui/skeleton";
import { TextArea } from "@/components/ui/text-area";
import { useNotify } from "@/components/ui/toast";
import type { LiveNode } from "@/lib/contracts/live";
import { type EditedNodeSettings, editedNodeSettingsSchema, nodeSettingsSchema } from "@/lib/contracts/nodes";
import { inForceText, nodeSettings, readSettingsForm, toSettingsForm } from "./prepare-node-settings";
import { nodePath } from "./use-order-node";

type NodeSettingsFormProps = { node: LiveNode; mayEdit: boolean; onClose: () => void };

/** What staff set of a node, beside what it uses; saved changes are in force at once. */
export function NodeSettingsForm(props: NodeSettingsFormProps) {
  const t = useTranslations();
  const { id } = props.node;
  const read = useQuery({
    queryKey: queryKeys.nodeSettings(id),
    queryFn: ({ signal }) => fetchJson(editedNodeSettingsSchema, nodePath(id, "settings"), { signal }),
    staleTime: 0,
    gcTime: 0,
  });
  if (read.data !== undefined) return <Form {...props} saved={read.data} />;
  if (read.isError)
    return (
      <ErrorState
        className="m-4"
        title={t("nodes.theSettingsCouldNotBeRead")}
        detail={errorText(t, read.error)}
        onRetry={() => read.refetch()}
      />
    );
  return <Skeleton className="m-4 h-96" />;
}

function Form({ node, mayEdit, onClose, saved }: NodeSettingsFormProps & { saved: EditedNodeSettings }) {
  const t = useTranslations();
  const [form, setForm] = useState(() => toSettingsForm(saved.item));
  const [etag, setEtag] = useState(saved.etag);
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const queries = useQueryClient();
  const notify = useNotify();
  const { settings, errors } = readSettingsForm(t, form);
  const isReasonShort = reason.trim().length < 3;
  const save = useMutation({
    mutationFn: (body: object) =>
      fetchJson(editedNodeSettingsSchema, nodePath(node.id, "settings"), {
        method: "PUT",
        body,
        condition: { ifMatch: etag },
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.nodeSettings(node.id) });
      notify({ title: t("nodes.settingsSaved"), detail: node.name });
      onClose();
    },
  });
  const theirs = lostUpdateOf(save.error, nodeSettingsSchema);
  const refused = fieldTexts(t, save.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (settings !== null && !isReasonShort && !save.isPending) save.mutate({ ...settings, reason: reason.trim() });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 p-4">
      <p className="text-ink-2 text-sm">
        {t("nodes.emptyAsTheNodesCommandLine", { state: node.health === "down" ? t("nodes.orWhenItIsBack") : "" })}
      </p>
      {nodeSettings(t).map((setting) => {
        const { key, label, unit, hint, isText } = setting;
        const value = form[key];
        const error = (isTried ? errors?.[key] : undefined) ?? refused[key];
        const help = (
          <>
            <span className="block">{inForceText(t, node, setting)}</span>
            <span className="block">{hint}</span>
          </>
        );
        const set = (text: string) => setForm({ ...form, [key]: text });
        return isText === true ? (
          <Field
            key={key}
            size="sm"
            label={label}
            value={value}
            disabled={!mayEdit}
            hint={help}
            error={error}
            onChange={(event) => set(event.target.value)}
          />
        ) : (
          <NumberField
            key={key}
            label={label}
            text={value}
            isDisabled={!mayEdit}
            {...(unit === undefined ? {} : { unit })}
            hint={help}
            error={error}
            onText={set}
          />
        );
      })}
      {mayEdit ? (
        <>
          <TextArea
            label={t("common.reason")}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            hint={t("common.keptWithTheChangeForWhoever")}
            error={isTried && isReasonShort ? t("common.sayWhyInAFewWords") : undefined}
          />
          {theirs === null ? null : (
            <Note
              tone="warn"
              actions={
                <Button
                  size="sm"
                  onClick={() => {
                    setForm(toSettingsForm(theirs.item));
                    setEtag(theirs.etag);
                    save.reset();
                  }}
                >
                  {t("nodes.showTheirs")}
                </Button>
              }
            >
              {t("nodes.somebodyElseSavedOtherSettingsWhile")}
            </Note>
          )}
          {save.isError && theirs === null && Object.keys(refused).length === 0 ? (
            <ErrorState title={t("common.notSaved")} detail={errorText(t, save.error)} />
          ) : null}
          <DialogActions>
            <Button onClick={onClose}>{t("common.cancel")}</Button>
            <Button type="submit" variant="primary" disabled={save.isPending}>
              {save.isPending ? t("common.saving") : t("common.save")}
            </Button>
          </DialogActions>
        </>
      ) : (
        <Note>{t("nodes.yourRoleMayLookAtThese")}</Note>
      )}
    </form>
  );
}
