"use client";

import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { formatPorts, parseRuleLine, ruleKindNames } from "./prepare-rule";
import type { RulesEdit } from "./use-edit-rules";

const meanings = {
  host: "exactly this host",
  "domain-suffix": "this domain and all below it",
  cidr: "these addresses",
} as const;

/** One rule, typed the way it is pasted; what it would mean is said while it is typed. */
export function AddRuleForm({ edit }: { edit: RulesEdit }) {
  const [text, setText] = useState("");
  const [isTried, setTried] = useState(false);
  const parsed = text.trim() === "" ? null : parseRuleLine(text);
  const rule = parsed !== null && "rule" in parsed ? parsed.rule : null;
  const error = parsed !== null && "error" in parsed ? parsed.error : "Write a domain, a host or addresses.";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (rule === null || edit.isBusy) return;
    edit.add([rule], () => {
      setText("");
      setTried(false);
    });
  };
  return (
    <form onSubmit={submit} noValidate className="flex items-start gap-2 px-4 pt-1 pb-3">
      <Field
        label="New rule"
        isLabelHidden
        size="sm"
        className="grow"
        placeholder="example.com, www.example.com:443, 192.0.2.0/24 or a URL"
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
            : `${ruleKindNames[rule.kind]}: ${meanings[rule.kind]}, ports ${formatPorts(rule.ports)}.`
        }
        error={isTried && rule === null ? error : undefined}
      />
      <Button type="submit" disabled={edit.isBusy}>
        <Plus size={14} aria-hidden />
        Add
      </Button>
    </form>
  );
}
