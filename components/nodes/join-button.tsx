"use client";

import { useMutation } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { type FormEvent, useCallback, useState } from "react";
import { errorText, fieldTexts } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { nodeEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { untilTag } from "@/components/time/time-text";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { DialogResult } from "@/components/ui/dialog-result";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { ShownOnce } from "@/components/ui/shown-once";
import { type JoinCode, joinCodeSchema } from "@/lib/contracts/nodes";

/** A one-time code with which a proxy node joins from anywhere, for those who may look after nodes. */
export function JoinButton() {
  const t = useTranslations();
  const mayJoin = useMay(nodeEditors);
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  if (!mayJoin) return null;
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        <Plus size={14} aria-hidden />
        {t("nodes.addANode")}
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={t("nodes.addAProxyNode")}>
        <JoinForm onClose={close} />
      </Dialog>
    </>
  );
}

function JoinForm({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const [name, setName] = useState("");
  const [region, setRegion] = useState("");
  const make = useMutation({
    mutationFn: () =>
      fetchJson(joinCodeSchema, "/api/nodes/join-codes", {
        method: "POST",
        body: { name, region: region.trim() === "" ? null : region },
      }),
  });
  if (make.data !== undefined) return <Code code={make.data} onClose={onClose} />;
  const fields = fieldTexts(t, make.error);
  const isWhole = Object.keys(fields).length === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!make.isPending) make.mutate();
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
        hint={t("nodes.mayBeLeftEmptyDevicesThat")}
        error={fields["region"]}
      />
      {make.isError && isWhole ? <ErrorState title={t("nodes.noCode")} detail={errorText(t, make.error)} /> : null}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant="primary" disabled={make.isPending}>
          {t("nodes.makeACode")}
        </Button>
      </DialogActions>
    </form>
  );
}

function Code({ code, onClose }: { code: JoinCode; onClose: () => void }) {
  const t = useTranslations();
  return (
    <DialogResult onClose={onClose}>
      <ShownOnce text={code.command} copyLabel={t("nodes.copyCommand")}>
        {t.rich("nodes.worksOnceUntilOnTheNodes", { time: untilTag(code.expiresAt, "clock") })}
      </ShownOnce>
      <p className="text-ink-2 text-sm">
        {t.rich("nodes.withPublicAddressPortDevicesAre", {
          code: (chunks) => <code className="font-mono">{chunks}</code>,
        })}
      </p>
    </DialogResult>
  );
}
