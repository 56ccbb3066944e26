"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { errorText, fieldTexts } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select-field";
import { newStaffSchema, type StaffInput } from "@/lib/contracts/staff";
import { roleOptions } from "./prepare-staff";
import { ShownLink } from "./shown-link";

/** Make an account and its invitation. */
export function AddStaffDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useTranslations();
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("staff.addStaff")}>
      <AddStaffForm onClose={onClose} />
    </Dialog>
  );
}

function AddStaffForm({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const queries = useQueryClient();
  const [form, setForm] = useState<StaffInput>({ name: "", email: "", role: "viewer" });
  const [isTried, setTried] = useState(false);
  const add = useMutation({
    mutationFn: (body: StaffInput) => fetchJson(newStaffSchema, "/api/staff", { method: "POST", body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: queryKeys.allStaff }),
  });
  if (add.isSuccess) return <ShownLink link={add.data.link} onClose={onClose} />;

  const isNamed = form.name.trim() !== "";
  const isReachable = /^[^\s@]+@[^\s@]+$/.test(form.email.trim());
  const problems = fieldTexts(t, add.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isNamed && isReachable && !add.isPending) add.mutate({ ...form, email: form.email.trim() });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 p-4">
      <Field
        label={t("common.name")}
        data-first-focus
        autoComplete="off"
        maxLength={80}
        value={form.name}
        onChange={(event) => setForm({ ...form, name: event.target.value })}
        error={isTried && !isNamed ? t("staff.sayWhoseAccountItIs") : problems["name"]}
      />
      <Field
        label={t("common.email")}
        type="email"
        autoComplete="off"
        value={form.email}
        onChange={(event) => setForm({ ...form, email: event.target.value })}
        hint={t("staff.theySignInWithItThe")}
        error={isTried && !isReachable ? t("staff.giveAnEmailAddressSuchAs") : problems["email"]}
      />
      <SelectField
        label={t("common.role")}
        size="md"
        value={form.role}
        options={roleOptions(t)}
        onValue={(role) => setForm({ ...form, role })}
      />
      {add.isError && Object.keys(problems).length === 0 ? (
        <ErrorState title={t("staff.theAccountWasNotMade")} detail={errorText(t, add.error)} />
      ) : null}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant="primary" disabled={add.isPending}>
          {add.isPending ? t("common.making") : t("staff.makeAccountAndLink")}
        </Button>
      </DialogActions>
    </form>
  );
}
