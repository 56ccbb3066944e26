"use client";

import { useTranslations } from "next-intl";
import { useDeferredValue, useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { TextArea } from "@/components/ui/text-area";
import { formatPorts, parseRuleLines, type RulePreview, ruleKey, ruleKindNames } from "./prepare-rule";
import { useEditRules } from "./use-edit-rules";

/** How much of a long list is shown; all of it is sent. */
const shownRows = 50;
const mostRules = 100_000;
const example = [
  "example.com",
  "*.example.org",
  "www.example.net:443",
  "192.0.2.0/24",
  "https://video.example/path",
].join("\n");

type PasteFormProps = { onClose: () => void; id: string; name: string };

/** Many rules at once, one a line: what each becomes is shown before anything is saved. */
export function PasteRulesDialog({ isOpen, ...form }: PasteFormProps & { isOpen: boolean }) {
  const t = useTranslations();
  return (
    <Dialog isOpen={isOpen} onClose={form.onClose} title={t("whiteLists.pasteRulesInto", { name: form.name })} isWide>
      <PasteForm {...form} />
    </Dialog>
  );
}

function PasteForm({ onClose, id, name }: PasteFormProps) {
  const t = useTranslations();
  const [text, setText] = useState("");
  const edit = useEditRules(id, name);
  const shown = useDeferredValue(text);
  const preview = useMemo(() => parseRuleLines(t, shown), [shown, t]);
  const { rules, errors } = preview;
  const isFresh = shown === text;
  const count = rules.length;
  return (
    <div data-keeps-open className="flex flex-col gap-4 p-4">
      <TextArea
        label={t("whiteLists.rulesOneALine")}
        data-first-focus
        rows={8}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={example}
        hint={t("whiteLists.aDomainHoldsForAllBelow")}
        className="font-mono"
      />
      {count + errors.length > 0 ? <Preview preview={preview} /> : null}
      {count > mostRules ? (
        <p role="alert" className="text-bad text-sm">
          {t("whiteLists.atMostRulesAtOncePaste", { mostRules })}
        </p>
      ) : null}
      {edit.failure === null ? null : (
        <ErrorState title={t("whiteLists.theRulesOfWereNotChanged", { name })} detail={edit.failure} />
      )}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button
          variant="primary"
          disabled={count === 0 || count > mostRules || !isFresh || edit.isBusy}
          onClick={() => edit.add(rules, onClose)}
        >
          {errors.length === 0 ? t("whiteLists.addRules", { count }) : t("whiteLists.addTheRightRulesOnly", { count })}
        </Button>
      </DialogActions>
    </div>
  );
}

function Preview({ preview: { rules, errors, repeated } }: { preview: RulePreview }) {
  const t = useTranslations();
  return (
    <section aria-label={t("whiteLists.preview")} className="flex flex-col gap-2">
      <p role="status" className="text-ink-2 text-sm">
        {t("whiteLists.rulesUnderstood", {
          count: rules.length,
          state: errors.length > 0 ? t("whiteLists.linesAreNotRight", { count: errors.length }) : "",
          state2: repeated > 0 ? t("whiteLists.linesRepeatAnother", { repeated }) : "",
        })}
      </p>
      {errors.length > 0 ? (
        <ul
          aria-label={t("whiteLists.linesThatAreNotRight")}
          className="max-h-40 overflow-y-auto rounded-md bg-bad-soft px-3 py-1.5"
        >
          {errors.slice(0, shownRows).map(({ line, text, error }) => (
            <li key={line} className="py-0.5 text-sm">
              <span className="text-ink-3">{t("whiteLists.line", { line: String(line) })}</span>{" "}
              <code className="break-all font-mono">{text}</code>
              <span className="text-bad"> {error}</span>
            </li>
          ))}
          {errors.length > shownRows ? <li className="py-0.5 text-ink-3 text-sm">{t("whiteLists.andMore")}</li> : null}
        </ul>
      ) : null}
      {rules.length > 0 ? (
        <ul
          aria-label={t("whiteLists.rulesToAdd")}
          className="max-h-56 overflow-y-auto rounded-md border border-line px-3 py-1.5"
        >
          {rules.slice(0, shownRows).map((rule) => (
            <li key={ruleKey(rule)} className="flex flex-wrap gap-x-3 py-0.5 text-sm">
              <span className="w-20 shrink-0 text-ink-3">{ruleKindNames(t)[rule.kind]}</span>
              <span className="min-w-0 grow break-all font-medium">{rule.value}</span>
              <span className="text-ink-2">{t("whiteLists.portsPorts", { ports: formatPorts(t, rule.ports) })}</span>
            </li>
          ))}
          {rules.length > shownRows ? (
            <li className="py-0.5 text-ink-3 text-sm">
              {t("whiteLists.andRulesMoreCount", { count: rules.length - shownRows })}
            </li>
          ) : null}
        </ul>
      ) : null}
    </section>
  );
}
