"use client";

import { Users } from "lucide-react";
import { useTranslations } from "next-intl";
import { type FormEvent, useMemo } from "react";
import { useLeaveGuard } from "@/components/shell/leave-guard";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { MergeDialog } from "@/components/ui/merge-dialog";
import { Note } from "@/components/ui/note";
import { useNotify } from "@/components/ui/toast";
import type { DraftServiceClass } from "@/lib/contracts/policy-admin";
import { ChangeBadge } from "./change-badge";
import { ClassFields } from "./class-fields";
import { ItemMenu } from "./item-menu";
import { classMergeGroups } from "./prepare-class-facts";
import { useClassEdit } from "./use-class-edit";
import { useDraftItem } from "./use-draft-item";
import { policyPaths } from "./use-policy";

type ClassCardProps = {
  draft: DraftServiceClass;
  others: readonly { id: string; name: string }[];
  mayEdit: boolean;
};

/** One class: what is typed stays here until it is saved to the draft. */
export function ClassCard({ draft, others, mayEdit }: ClassCardProps) {
  const t = useTranslations();
  const notify = useNotify();
  const groups = useMemo(
    () => classMergeGroups(t, (id) => others.find((other) => other.id === id)?.name ?? id),
    [others, t],
  );
  const edit = useClassEdit(draft, groups, ({ name }) => notify({ title: t("classes.isSavedToTheDraft", { name }) }));
  const { saving } = edit;
  const item = useDraftItem({
    collection: "service-class",
    id: draft.item.id,
    name: draft.item.name,
    path: policyPaths.serviceClass(draft.item.id),
    etag: draft.etag,
    change: draft.change,
  });
  useLeaveGuard(edit.isDirty);
  const isRemoved = draft.change === "removed";
  const isLocked = !mayEdit || isRemoved || saving.isSaving;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    edit.save();
  };

  return (
    <section
      aria-label={t("classes.class", { name: draft.item.name })}
      data-testid={`class-${draft.item.id}`}
      className="flex min-w-0 flex-col rounded-lg border border-line bg-surface"
    >
      <header className="flex items-start gap-2 px-4 pt-3 pb-2">
        <div className="min-w-0 grow">
          <h2 className="flex min-h-6 flex-wrap items-center gap-2 font-semibold text-lg">
            <span className="min-w-0 break-words">{draft.item.name}</span>
            <ChangeBadge change={draft.change} />
          </h2>
          <p className="flex items-center gap-1.5 text-ink-2 text-sm">
            <Users size={14} aria-hidden className="text-ink-3" />
            {t("classes.subscribersHaveIt", { subscribers: draft.subscribers })}
          </p>
        </div>
        {mayEdit ? (
          <ItemMenu
            name={draft.item.name}
            change={draft.change}
            isBusy={item.isBusy}
            onDiscard={item.discard}
            onRemove={item.remove}
          />
        ) : null}
      </header>
      <form onSubmit={submit} noValidate className="flex grow flex-col gap-4 px-4 pt-1 pb-4">
        {isRemoved ? (
          <Note
            actions={
              mayEdit ? (
                <Button size="sm" onClick={item.discard}>
                  {t("classes.bringItBack")}
                </Button>
              ) : null
            }
          >
            {t("classes.publishingTheDraftRemovesThisClass")}
          </Note>
        ) : null}
        {edit.isBehind ? <Note tone="warn">{t("classes.somebodyElseSavedThisClassWhile")}</Note> : null}
        <ClassFields draft={draft} edit={edit} isLocked={isLocked} others={others} />
        {saving.failure === null ? null : (
          <ErrorState title={t("classes.wasNotSaved", { name: draft.item.name })} detail={saving.failure} />
        )}
        {edit.isDirty ? (
          <div className="sticky bottom-16 z-10 -mx-4 mt-auto -mb-4 flex items-center justify-end gap-2 rounded-b-lg border-line border-t bg-surface px-4 py-3 lg:bottom-14">
            <Button onClick={edit.undo} disabled={saving.isSaving}>
              {t("classes.undoTyping")}
            </Button>
            <Button type="submit" variant="primary" disabled={saving.isSaving}>
              {saving.isSaving ? t("common.saving") : t("classes.saveToDraft")}
            </Button>
          </div>
        ) : null}
      </form>
      <MergeDialog
        isOpen={saving.rows !== null}
        title={t("classes.wasChangedBySomebodyElse", { name: draft.item.name })}
        rows={saving.rows ?? []}
        isBusy={saving.isSaving}
        onSave={saving.resolve}
        onClose={() => saving.resolve(null)}
      />
    </section>
  );
}
