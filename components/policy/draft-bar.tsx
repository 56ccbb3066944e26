"use client";

import { GitCommitHorizontal, Undo2 } from "lucide-react";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { policyEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { TimeText } from "@/components/time/time-text";
import { Button, buttonClass } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Link } from "@/components/ui/link";
import type { DraftChange } from "@/lib/contracts/policy-admin";
import { ChangeBadge } from "./change-badge";
import { LoseChangeDialog } from "./lose-change-dialog";
import { changeHref, collectionNames } from "./prepare-change";
import { useDraftItem } from "./use-draft-item";
import { useDraft } from "./use-policy";

const reviewPath = "/policy/versions";

/** What is changed and not yet in force, on every page of policy but the one that reviews it; nothing while nothing is. */
export function DraftBar() {
  const t = useTranslations();
  const draft = useDraft();
  const path = usePathname();
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  const changes = draft.data?.changes ?? [];
  if (changes.length === 0 || path === reviewPath) return null;

  return (
    <section
      aria-label={t("policy.draft")}
      className="shell-chrome sticky bottom-14 z-20 mx-auto w-full max-w-[100rem] px-4 pb-3 sm:px-6 lg:bottom-0"
    >
      <div className="flex items-center gap-2 rounded-lg border border-line-strong bg-raised px-4 py-2 shadow-pop">
        <GitCommitHorizontal size={16} aria-hidden className="shrink-0 text-accent" />
        <p role="status" className="min-w-0 grow font-medium text-sm">
          {t("policy.changesInTheDraft", { count: changes.length })}
        </p>
        <Button size="sm" onClick={() => setOpen(true)}>
          {t("policy.show")}
        </Button>
        <Link href={reviewPath} aria-label={t("policy.reviewAndPublish")} className={buttonClass("primary", "sm")}>
          {t.rich("policy.reviewAndPublish2", { span: (chunks) => <span className="hidden sm:inline">{chunks}</span> })}
        </Link>
      </div>
      <Dialog isOpen={isOpen} onClose={close} title={t("policy.changesInTheDraft2")} place="right">
        <ChangeList changes={changes} onFollow={close} />
      </Dialog>
    </section>
  );
}

type ChangeListProps = { changes: readonly DraftChange[]; onFollow?: () => void };

/** Every changed item: who changed it when, the way to it, and the way back to what is in force. */
export function ChangeList({ changes, onFollow }: ChangeListProps) {
  const mayEdit = useMay(policyEditors);
  return (
    <ul className="flex flex-col">
      {changes.map((change) => (
        <ChangeItem key={`${change.collection} ${change.id}`} {...{ change, mayEdit }} onFollow={onFollow ?? stay} />
      ))}
    </ul>
  );
}

const stay = () => undefined;

type ChangeItemProps = { change: DraftChange; mayEdit: boolean; onFollow: () => void };

function ChangeItem({ change, mayEdit, onFollow }: ChangeItemProps) {
  const t = useTranslations();
  const { name, kind } = change;
  const { discard, isBusy } = useDraftItem({ ...change, change: kind, path: "", etag: "" });
  const [isAsking, setAsking] = useState(false);
  const close = useCallback(() => setAsking(false), []);
  const verb = kind === "added" ? t("policy.discardTheNewOne") : t("policy.discardTheChange");
  return (
    <li className="flex items-center gap-3 border-line border-b px-4 py-2.5 last:border-b-0">
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <Link href={changeHref(change)} onClick={onFollow} className="font-medium underline-offset-2 hover:underline">
            {name}
          </Link>
          <ChangeBadge change={kind} />
        </p>
        <p className="text-ink-3 text-xs">
          {collectionNames(t)[change.collection]} · {change.changedBy}, <TimeText at={change.changedAt} style="short" />
        </p>
      </div>
      {mayEdit ? (
        <Button
          size="sm"
          variant="ghost"
          disabled={isBusy}
          onClick={kind === "removed" ? discard : () => setAsking(true)}
          aria-label={t("policy.undoName", { name })}
        >
          <Undo2 size={14} aria-hidden />
          {t("policy.undo")}
        </Button>
      ) : null}
      <LoseChangeDialog name={name} verb={isAsking ? verb : null} onConfirm={discard} onClose={close} />
    </li>
  );
}
