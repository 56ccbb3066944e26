"use client";

import { useDeferredValue, useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { TextArea } from "@/components/ui/text-area";
import { formatPorts, parseRuleLines, type RulePreview, ruleKey, ruleKindNames } from "./prepare-rule";
import { formatCount } from "./prepare-words";
import { useEditRules } from "./use-edit-rules";

/** How much of a long list is shown; all of it is sent. */
const shownRows = 50;
const mostRules = 100_000;

type PasteFormProps = { onClose: () => void; id: string; name: string };

/** Many rules at once, one a line: what each becomes is shown before anything is saved. */
export function PasteRulesDialog({ isOpen, ...form }: PasteFormProps & { isOpen: boolean }) {
  return (
    <Dialog isOpen={isOpen} onClose={form.onClose} title={`Paste rules into ${form.name}`} isWide>
      <PasteForm {...form} />
    </Dialog>
  );
}

function PasteForm({ onClose, id, name }: PasteFormProps) {
  const [text, setText] = useState("");
  const edit = useEditRules(id, name);
  const shown = useDeferredValue(text);
  const preview = useMemo(() => parseRuleLines(shown), [shown]);
  const { rules, errors } = preview;
  const isFresh = shown === text;
  const count = rules.length;
  return (
    <div className="flex flex-col gap-4 p-4">
      <TextArea
        label="Rules, one a line"
        data-first-focus
        rows={8}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={"example.com\n*.example.org\nwww.example.net:443\n192.0.2.0/24\nhttps://video.example/path"}
        hint="A domain holds for all below it; =host or host:port is exactly that host; # begins a remark."
        className="font-mono"
      />
      {count + errors.length > 0 ? <Preview preview={preview} /> : null}
      {count > mostRules ? (
        <p role="alert" className="text-bad text-sm">
          At most {mostRules.toLocaleString("en-GB")} rules at once. Paste them in parts.
        </p>
      ) : null}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="primary"
          disabled={count === 0 || count > mostRules || !isFresh || edit.isBusy}
          onClick={() => edit.add(rules, onClose)}
        >
          {errors.length === 0
            ? `Add ${formatCount(count, "rule", "rules")}`
            : `Add the ${formatCount(count, "right rule", "right rules")} only`}
        </Button>
      </DialogActions>
    </div>
  );
}

function Preview({ preview: { rules, errors, repeated } }: { preview: RulePreview }) {
  return (
    <section aria-label="Preview" className="flex flex-col gap-2">
      <p role="status" className="text-ink-2 text-sm">
        {formatCount(rules.length, "rule", "rules")} understood
        {errors.length > 0 ? `, ${formatCount(errors.length, "line is", "lines are")} not right` : ""}
        {repeated > 0 ? `, ${formatCount(repeated, "line repeats", "lines repeat")} another` : ""}
      </p>
      {errors.length > 0 ? (
        <ul
          aria-label="Lines that are not right"
          className="max-h-40 overflow-y-auto rounded-md bg-bad-soft px-3 py-1.5"
        >
          {errors.slice(0, shownRows).map(({ line, text, error }) => (
            <li key={line} className="py-0.5 text-sm">
              <span className="text-ink-3">Line {line}</span> <code className="break-all font-mono">{text}</code>
              <span className="text-bad"> {error}</span>
            </li>
          ))}
          {errors.length > shownRows ? <li className="py-0.5 text-ink-3 text-sm">and more</li> : null}
        </ul>
      ) : null}
      {rules.length > 0 ? (
        <ul aria-label="Rules to add" className="max-h-56 overflow-y-auto rounded-md border border-line px-3 py-1.5">
          {rules.slice(0, shownRows).map((rule) => (
            <li key={ruleKey(rule)} className="flex flex-wrap gap-x-3 py-0.5 text-sm">
              <span className="w-20 shrink-0 text-ink-3">{ruleKindNames[rule.kind]}</span>
              <span className="min-w-0 grow break-all font-medium">{rule.value}</span>
              <span className="text-ink-2">ports {formatPorts(rule.ports)}</span>
            </li>
          ))}
          {rules.length > shownRows ? (
            <li className="py-0.5 text-ink-3 text-sm">
              and {formatCount(rules.length - shownRows, "rule more", "rules more")}
            </li>
          ) : null}
        </ul>
      ) : null}
    </section>
  );
}
