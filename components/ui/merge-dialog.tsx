"use client";

import { useTranslations } from "next-intl";
import { RadioGroup } from "radix-ui";
import { useState } from "react";
import { Badge } from "./badge";
import { Button } from "./button";
import { DialogActions } from "./confirm-dialog";
import { Dialog } from "./dialog";
import type { MergeRow, MergeSide } from "./prepare-merge";

type MergeFormProps = {
  rows: readonly MergeRow[];
  isBusy: boolean;
  onSave: (choices: Record<string, MergeSide>) => void;
  onClose: () => void;
};

type MergeDialogProps = MergeFormProps & { isOpen: boolean; title: string };

/** Two people changed the same thing: per field yours, theirs and what is in force; nothing is lost without a choice. */
export function MergeDialog({ isOpen, title, ...form }: MergeDialogProps) {
  return (
    <Dialog isOpen={isOpen} onClose={form.onClose} title={title} isWide>
      <MergeForm key={form.rows.map(({ key, theirs }) => `${key} ${theirs}`).join("|")} {...form} />
    </Dialog>
  );
}

function MergeForm({ rows, isBusy, onSave, onClose }: MergeFormProps) {
  const t = useTranslations();
  const [choices, setChoices] = useState<Record<string, MergeSide>>(() =>
    Object.fromEntries(rows.filter(({ isConflict }) => !isConflict).map(({ key, proposed }) => [key, proposed])),
  );
  const open = rows.filter(({ key }) => choices[key] === undefined).length;
  return (
    <div className="flex flex-col gap-4 p-4">
      <p className="text-ink-2 text-sm">
        {rows.length === 0 ? t("common.somebodySavedItBeforeYouWith") : t("common.somebodySavedAChangeWhileYou")}
      </p>
      {rows.map((row) => (
        <MergeField
          key={row.key}
          row={row}
          choice={choices[row.key] ?? null}
          onChoice={(side) => setChoices((before) => ({ ...before, [row.key]: side }))}
        />
      ))}
      <DialogActions>
        <Button onClick={onClose}>{t("common.keepTyping")}</Button>
        <Button variant="primary" disabled={open > 0 || isBusy} onClick={() => onSave(choices)}>
          {open > 0 ? t("common.chooseMore", { open: String(open) }) : t("common.saveTheResult")}
        </Button>
      </DialogActions>
    </div>
  );
}

type MergeFieldProps = { row: MergeRow; choice: MergeSide | null; onChoice: (side: MergeSide) => void };

function MergeField({ row, choice, onChoice }: MergeFieldProps) {
  const t = useTranslations();
  const sides = [
    { side: "yours", name: t("common.yours"), text: row.yours },
    { side: "theirs", name: t("common.theirs"), text: row.theirs },
  ] as const;
  return (
    <section aria-label={row.label} className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-semibold text-sm">{row.label}</h3>
        {row.isConflict ? <Badge tone="warn">{t("common.bothChanged")}</Badge> : null}
        {row.inForce === undefined ? null : (
          <span className="text-ink-3 text-xs">
            {row.inForce === null ? t("common.notInForceYet") : t("common.inForce", { inForce: row.inForce })}
          </span>
        )}
      </div>
      <RadioGroup.Root
        aria-label={t("common.which", { label: row.label })}
        value={choice}
        onValueChange={(value) => onChoice(value === "yours" ? "yours" : "theirs")}
        className="grid gap-2 sm:grid-cols-2"
      >
        {sides.map(({ side, name, text }) => (
          <RadioGroup.Item
            key={side}
            value={side}
            className="flex min-h-14 flex-col gap-0.5 rounded-md border border-control-line px-3 py-2 text-left hover:bg-sunken data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
          >
            <span className="text-ink-3 text-xs">{name}</span>
            <span className="min-w-0 break-words font-medium text-sm">{text}</span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </section>
  );
}
