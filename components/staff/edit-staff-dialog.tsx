"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
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
import { errorMessage } from "@/lib/shared/errors";
import { roleOptions, stateBadges } from "./prepare-staff";
import { SecondFactorNote } from "./second-factor-note";

type EditStaffProps = { member: StaffMember; onClose: () => void };

/** Change an account's name and role, disable it, enable it again. */
export function EditStaffDialog({ member, onClose }: { member: StaffMember | null; onClose: () => void }) {
  return (
    <Dialog isOpen={member !== null} onClose={onClose} title={`Edit ${member?.name ?? ""}`}>
      {member?.hasSecondFactor === true ? <SecondFactorNote member={member} onDone={onClose} /> : null}
      {member === null ? null : <EditStaffForm member={member} onClose={onClose} />}
    </Dialog>
  );
}

function useSaveStaff({ member, onClose }: EditStaffProps) {
  const queries = useQueryClient();
  const notify = useNotify();
  return useMutation({
    mutationFn: ({ body, ifMatch }: { body: StaffChange; ifMatch: string }) =>
      fetchJson(staffMemberSchema, `/api/staff/${member.id}`, { method: "PUT", body, condition: { ifMatch } }),
    onSuccess: ({ name }) => {
      notify({ title: "Saved", detail: name });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.allStaff }),
  });
}

function EditStaffForm({ member, onClose }: EditStaffProps) {
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
        label="Name"
        data-first-focus
        autoComplete="off"
        maxLength={80}
        value={form.name}
        onChange={(event) => setForm({ ...form, name: event.target.value })}
        error={isTried && !isNamed ? "Say whose account it is." : undefined}
      />
      <SelectField
        label="Role"
        size="md"
        value={form.role}
        options={roleOptions}
        isDisabled={isMe}
        onValue={(role) => setForm({ ...form, role })}
        hint={isMe ? "Your own role: another administrator can change it." : "Counts from the next request on."}
      />
      {isMe ? null : (
        <CheckBox
          label="Disabled: cannot sign in, and is signed out everywhere"
          state={form.isDisabled}
          onState={(isDisabled) => setForm({ ...form, isDisabled })}
        />
      )}
      <TextArea
        label="Reason"
        maxLength={500}
        value={form.reason}
        onChange={(event) => setForm({ ...form, reason: event.target.value })}
        hint="Kept with the change, for whoever asks why."
        error={isTried && !isReasoned ? "Say why, in a few words." : undefined}
      />
      {theirs === null ? null : (
        <Note tone="warn">
          Somebody else changed this account meanwhile: it is now {theirs.item.name}, {theirs.item.role},{" "}
          {stateBadges[theirs.item.state].label.toLowerCase()}. Save again to replace that.
        </Note>
      )}
      {save.isError && theirs === null ? <ErrorState title="Not saved" detail={errorMessage(save.error)} /> : null}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={save.isPending}>
          {save.isPending ? "Saving…" : "Save"}
        </Button>
      </DialogActions>
    </form>
  );
}
