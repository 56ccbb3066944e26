"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { lostUpdateOf } from "@/components/api/lost-update";
import { queryKeys } from "@/components/api/query-keys";
import { useStaff } from "@/components/shell/staff";
import { Button } from "@/components/ui/button";
import { CheckBox } from "@/components/ui/check-box";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Note } from "@/components/ui/note";
import { SelectField } from "@/components/ui/select-field";
import { TextArea } from "@/components/ui/text-area";
import { useNotify } from "@/components/ui/toast";
import { type StaffChange, type StaffMember, staffMemberSchema } from "@/lib/contracts/staff";
import { roleOptions, stateBadges } from "./prepare-staff";
import { SecondFactorNote } from "./second-factor-note";

type EditStaffProps = { member: StaffMember; onClose: () => void };

/** Change an account's name and role, disable it, enable it again. */
export function EditStaffDialog({ member, onClose }: { member: StaffMember | null; onClose: () => void }) {
  const t = useTranslations();
  return (
    <Dialog isOpen={member !== null} onClose={onClose} title={t("staff.edit", { name: member?.name ?? "" })}>
      {member?.hasSecondFactor === true ? <SecondFactorNote member={member} onDone={onClose} /> : null}
      {member === null ? null : <EditStaffForm member={member} onClose={onClose} />}
    </Dialog>
  );
}

function useSaveStaff({ member, onClose }: EditStaffProps) {
  const t = useTranslations();
  const queries = useQueryClient();
  const notify = useNotify();
  return useMutation({
    mutationFn: ({ body, ifMatch }: { body: StaffChange; ifMatch: string }) =>
      fetchJson(staffMemberSchema, `/api/staff/${member.id}`, { method: "PUT", body, condition: { ifMatch } }),
    onSuccess: ({ name }) => {
      notify({ title: t("staff.saved"), detail: name });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.allStaff }),
  });
}

function EditStaffForm({ member, onClose }: EditStaffProps) {
  const t = useTranslations();
  const isMe = useStaff().id === member.id;
  const [form, setForm] = useState<StaffChange>({
    name: member.name,
    role: member.role,
    isDisabled: member.state === "disabled",
    reason: "",
  });
  const [isTried, setTried] = useState(false);
  const save = useSaveStaff({ member, onClose });
  const theirs = lostUpdateOf(save.error, staffMemberSchema);
  const isNamed = form.name.trim() !== "";
  const isReasoned = form.reason.trim().length >= 3;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isNamed && isReasoned && !save.isPending) save.mutate({ body: form, ifMatch: theirs?.etag ?? member.etag });
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
        error={isTried && !isNamed ? t("staff.sayWhoseAccountItIs") : undefined}
      />
      <SelectField
        label={t("common.role")}
        size="md"
        value={form.role}
        options={roleOptions(t)}
        isDisabled={isMe}
        onValue={(role) => setForm({ ...form, role })}
        hint={isMe ? t("staff.yourOwnRoleAnotherAdministratorCan") : t("staff.countsFromTheNextRequestOn")}
      />
      {isMe ? null : (
        <CheckBox
          label={t("staff.disabledCannotSignInAndIs")}
          state={form.isDisabled}
          onState={(isDisabled) => setForm({ ...form, isDisabled })}
        />
      )}
      <TextArea
        label={t("common.reason")}
        maxLength={500}
        value={form.reason}
        onChange={(event) => setForm({ ...form, reason: event.target.value })}
        hint={t("common.keptWithTheChangeForWhoever")}
        error={isTried && !isReasoned ? t("common.sayWhyInAFewWords") : undefined}
      />
      {theirs === null ? null : (
        <Note tone="warn">
          {t("staff.somebodyElseChangedThisAccountMeanwhile", {
            name: theirs.item.name,
            role: t(`roles.${theirs.item.role}`),
            toLowerCase: stateBadges(t)[theirs.item.state].label.toLowerCase(),
          })}
        </Note>
      )}
      {save.isError && theirs === null ? (
        <ErrorState title={t("common.notSaved")} detail={errorText(t, save.error)} />
      ) : null}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant="primary" disabled={save.isPending}>
          {save.isPending ? t("common.saving") : t("common.save")}
        </Button>
      </DialogActions>
    </form>
  );
}
