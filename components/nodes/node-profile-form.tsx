"use client";

import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { errorText, fieldTexts } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { lostUpdateOf } from "@/components/api/lost-update";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Note } from "@/components/ui/note";
import { TextArea } from "@/components/ui/text-area";
import { useNotify } from "@/components/ui/toast";
import { nodeProfileSchema, type ShownNodeOrder, shownNodeOrderSchema } from "@/lib/contracts/nodes";
import { nodePath } from "./use-order-node";

type NodeProfileFormProps = { nodeId: string; order: ShownNodeOrder; onClose: () => void };

const orNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());

/** What staff call a node, its region, and the address that devices are told. */
export function NodeProfileForm({ nodeId, order, onClose }: NodeProfileFormProps) {
  const t = useTranslations();
  const { profile } = order;
  // Of what the fields began with: the node may be another one by the time it is saved.
  const [etag, setEtag] = useState(order.profileEtag);
  const [name, setName] = useState(profile.name);
  const [region, setRegion] = useState(profile.region ?? "");
  const [address, setAddress] = useState(profile.address ?? "");
  const [reason, setReason] = useState("");
  const notify = useNotify();
  const save = useMutation({
    mutationFn: () =>
      fetchJson(shownNodeOrderSchema, nodePath(nodeId, "profile"), {
        method: "PUT",
        body: { name, region: orNull(region), address: orNull(address), reason },
        condition: { ifMatch: etag },
      }),
    onSuccess: () => {
      notify({ title: t("nodes.saved"), detail: name });
      onClose();
    },
  });
  const theirs = lostUpdateOf(save.error, nodeProfileSchema);
  const showTheirs = ({ etag: next, item }: NonNullable<typeof theirs>) => {
    setName(item.name);
    setRegion(item.region ?? "");
    setAddress(item.address ?? "");
    setEtag(next);
    save.reset();
  };
  const fields = fieldTexts(t, save.error);
  const isWhole = Object.keys(fields).length === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 p-4">
      <Field
        label={t("common.name")}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={fields["name"]}
      />
      <Field
        label={t("nodes.region")}
        value={region}
        onChange={(event) => setRegion(event.target.value)}
        hint={t("nodes.devicesThatNameTheSameRegion")}
        error={fields["region"]}
      />
      <Field
        label={t("nodes.addressForDevices")}
        value={address}
        onChange={(event) => setAddress(event.target.value)}
        hint={t("nodes.as1920211080")}
        error={fields["address"]}
      />
      <TextArea
        label={t("common.reason")}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.target.value)}
        error={fields["reason"]}
      />
      {theirs === null ? null : (
        <Note
          tone="warn"
          actions={
            <Button size="sm" onClick={() => showTheirs(theirs)}>
              {t("nodes.showTheirs")}
            </Button>
          }
        >
          {t("nodes.somebodyElseSavedOtherSettingsWhile")}
        </Note>
      )}
      {save.isError && theirs === null && isWhole ? (
        <ErrorState title={t("nodes.itWasNotSaved")} detail={errorText(t, save.error)} />
      ) : null}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant="primary" disabled={save.isPending}>
          {t("common.save")}
        </Button>
      </DialogActions>
    </form>
  );
}
