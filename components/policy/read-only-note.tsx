"use client";

import { policyEditors } from "@/components/shell/pages";
import { useMay, useStaff } from "@/components/shell/staff";
import { Note } from "@/components/ui/note";

/** Why nothing can be changed here; nothing for those who may. */
export function ReadOnlyNote() {
  const { role } = useStaff();
  const mayEdit = useMay(policyEditors);
  if (mayEdit) return null;
  return (
    <Note>
      You see the policy as {role}, without changing it: that takes the role {policyEditors.join(" or ")}.
    </Note>
  );
}
