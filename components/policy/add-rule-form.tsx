"use client";

import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import type { Translate } from "@/lib/words/translate";
import { formatPorts, parseRuleLine, ruleKindNames } from "./prepare-rule";
import type { RulesEdit } from "./use-edit-rules";

const meanings = (t: Translate) =>
  ({
    host: t("whiteLists.exactlyThisHost"),
    "domain-suffix": t("whiteLists.thisDomainAndAllBelowIt"),
    cidr: t("whiteLists.theseAddresses"),
  }) as const;

/** One rule, typed the way it is pasted; what it would mean is said while it is typed. */
export function AddRuleForm({ edit }: { edit: RulesEdit }) {
  const t = useTranslations();
  const [text, setText] = useState("");
  const [isTried, setTried] = useState(false);
  const parsed = text.trim() === "" ? null : parseRuleLine(t, text);
  const rule = parsed !== null && "rule" in parsed ? parsed.rule : null;
  const error = parsed !== null && "error" in parsed ? parsed.error : t("whiteLists.writeADomainAHostOr");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(rule === null);
    if (rule === null || edit.isBusy) return;
    // The next rule may be half typed by then.
    edit.add([rule], () => setText((now) => (now === text ? "" : now)));
  };
  return (
    <form onSubmit={submit} noValidate className="flex items-start gap-2 px-4 pt-1 pb-3">
      <Field
        label={t("whiteLists.newRule")}
        isLabelHidden
        size="sm"
        className="grow"
        placeholder={t("whiteLists.exampleComWwwExampleCom443")}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setTried(false);
        }}
        hint={
          rule === null
            ? undefined
            : t("whiteLists.ports", {
                ruleKind: ruleKindNames(t)[rule.kind],
                meaning: meanings(t)[rule.kind],
                ports: formatPorts(t, rule.ports),
              })
        }
        error={isTried && rule === null ? error : undefined}
      />
      <Button type="submit" disabled={edit.isBusy}>
        <Plus size={14} aria-hidden />
        {t("whiteLists.add")}
      </Button>
    </form>
  );
}
