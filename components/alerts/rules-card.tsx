"use client";

import { BellOff, Pencil } from "lucide-react";
import { useCallback, useState } from "react";
import { alertEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { TimeText } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { IconButton } from "@/components/ui/icon-button";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { AlertRule } from "@/lib/contracts/alerts";
import { MuteDialog } from "./mute-dialog";
import { alertMeanings, alertNames, ruleText } from "./prepare-alerts";
import { RuleDialog } from "./rule-dialog";

type Opened = { what: "edit" | "mute"; rule: AlertRule } | null;

/** When somebody is told: each rule, with its threshold, hold time and mute. */
export function RulesCard({ rules }: { rules: readonly AlertRule[] }) {
  const mayEdit = useMay(alertEditors);
  const [opened, setOpened] = useState<Opened>(null);
  const close = useCallback(() => setOpened(null), []);
  return (
    <Card title="Rules" isFlush>
      <Table label="Table of rules">
        <thead>
          <tr>
            <Th>Rule</Th>
            <Th className="hidden md:table-cell">Looks at</Th>
            <Th>Tells at</Th>
            <Th>State</Th>
            {mayEdit ? (
              <Th className="w-20">
                <span className="sr-only">Actions</span>
              </Th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <Tr key={rule.kind}>
              <Td className="font-medium">{alertNames[rule.kind]}</Td>
              <Td className="hidden text-ink-2 md:table-cell">{alertMeanings[rule.kind]}</Td>
              <Td className="tnum">{ruleText(rule)}</Td>
              <Td>
                <RuleState rule={rule} />
              </Td>
              {mayEdit ? (
                <Td className="whitespace-nowrap text-right">
                  <IconButton label={`Mute ${alertNames[rule.kind]}`} onClick={() => setOpened({ what: "mute", rule })}>
                    <BellOff size={15} aria-hidden />
                  </IconButton>
                  <IconButton label={`Edit ${alertNames[rule.kind]}`} onClick={() => setOpened({ what: "edit", rule })}>
                    <Pencil size={15} aria-hidden />
                  </IconButton>
                </Td>
              ) : null}
            </Tr>
          ))}
        </tbody>
      </Table>
      <RuleDialog rule={opened?.what === "edit" ? opened.rule : null} onClose={close} />
      <MuteDialog rule={opened?.what === "mute" ? opened.rule : null} onClose={close} />
    </Card>
  );
}

function RuleState({ rule: { isOn, mute } }: { rule: AlertRule }) {
  if (!isOn) return <Badge>Off</Badge>;
  if (mute === null) return <Badge tone="good">On</Badge>;
  return (
    <span title={`${mute.by}: ${mute.reason}`}>
      <Badge tone="warn">
        Muted until <TimeText at={mute.until} style="short" />
      </Badge>
    </span>
  );
}
