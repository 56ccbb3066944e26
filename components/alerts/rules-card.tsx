"use client";

import { BellOff, Pencil } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { alertEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { untilTag } from "@/components/time/time-text";
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
  const t = useTranslations();
  const mayEdit = useMay(alertEditors);
  const [opened, setOpened] = useState<Opened>(null);
  const close = useCallback(() => setOpened(null), []);
  return (
    <Card title={t("alerts.rules")} isFlush>
      <Table label={t("alerts.tableOfRules")}>
        <thead>
          <tr>
            <Th>{t("alerts.rule")}</Th>
            <Th className="hidden md:table-cell">{t("alerts.looksAt")}</Th>
            <Th>{t("alerts.tellsAt")}</Th>
            <Th>{t("common.state")}</Th>
            {mayEdit ? (
              <Th className="w-20">
                <span className="sr-only">{t("common.actions")}</span>
              </Th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <Tr key={rule.kind}>
              <Td className="font-medium">{alertNames(t)[rule.kind]}</Td>
              <Td className="hidden text-ink-2 md:table-cell">{alertMeanings(t)[rule.kind]}</Td>
              <Td className="tnum">{ruleText(t, rule)}</Td>
              <Td>
                <RuleState rule={rule} />
              </Td>
              {mayEdit ? (
                <Td className="whitespace-nowrap text-right">
                  <IconButton
                    label={t("alerts.muteAlert", { alert: alertNames(t)[rule.kind] })}
                    onClick={() => setOpened({ what: "mute", rule })}
                  >
                    <BellOff size={15} aria-hidden />
                  </IconButton>
                  <IconButton
                    label={t("alerts.edit", { alert: alertNames(t)[rule.kind] })}
                    onClick={() => setOpened({ what: "edit", rule })}
                  >
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
  const t = useTranslations();
  if (!isOn) return <Badge>{t("alerts.off2")}</Badge>;
  if (mute === null) return <Badge tone="good">{t("alerts.on")}</Badge>;
  return (
    <span title={`${mute.by}: ${mute.reason}`}>
      <Badge tone="warn">{t.rich("alerts.mutedUntil", { time: untilTag(mute.until, "short") })}</Badge>
    </span>
  );
}
