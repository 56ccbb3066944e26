"use client";

import { RotateCcw } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { faultNames } from "@/components/testbed/fault-names";
import { useChangeLink } from "@/components/testbed/use-change-link";
import { accessNames } from "@/components/ui/access-mark";
import { Button } from "@/components/ui/button";
import { CheckBox } from "@/components/ui/check-box";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Note } from "@/components/ui/note";
import { Slider } from "@/components/ui/slider";
import type { AccessLinkId, LinkSettings, TestbedStatus } from "@/lib/contracts/demo";
import { presets } from "@/lib/contracts/demo-presets";
import { linkSliders } from "./prepare-link-form";

type LinkDialogProps = { access: AccessLinkId | null; testbed: TestbedStatus; onClose: () => void };

/** The sliders of one of the testbed's links; each takes effect when it is let go of. */
export function LinkDialog({ access, testbed, onClose }: LinkDialogProps) {
  const t = useTranslations();
  return (
    <Dialog
      isOpen={access !== null}
      onClose={onClose}
      title={access === null ? t("map.link2") : t("map.linkAcces", { acces: accessNames(t)[access] })}
      place="right"
    >
      {access === null ? null : <LinkForm access={access} testbed={testbed} />}
    </Dialog>
  );
}

function LinkForm({ access, testbed }: { access: AccessLinkId; testbed: TestbedStatus }) {
  const t = useTranslations();
  const { change, isBusy, failure } = useChangeLink();
  /** Where the sliders were left; null: where the link is. */
  const [chosen, setChosen] = useState<LinkSettings | null>(null);
  const settings = chosen ?? testbed[access];
  const { fault } = testbed.faults[access];
  const preset = presets.find(({ id }) => id === testbed.preset)?.[access];
  const apply = (next: LinkSettings) => {
    setChosen(next);
    change({ access, settings: next }, { onError: () => setChosen(null) });
  };
  return (
    <div className="flex flex-col gap-5 p-4 sm:p-5">
      <p className="text-ink-2 text-sm">{t("map.rateDelayAndLossHoldFor")}</p>
      {linkSliders(t).map(({ setting, label, max, toPosition, toValue, format }) => {
        const text = format(settings[setting]);
        return (
          <div key={setting}>
            <p className="flex items-baseline justify-between gap-3 text-sm">
              <span className="font-medium">{label}</span>
              <span className="text-ink-2 tnum">{text}</span>
            </p>
            <Slider
              label={label}
              value={toPosition(settings[setting])}
              valueText={text}
              min={0}
              max={max}
              onValue={(position) => setChosen({ ...settings, [setting]: toValue(position) })}
              onCommit={(position) => apply({ ...settings, [setting]: toValue(position) })}
            />
          </div>
        );
      })}
      {failure === null ? null : <ErrorState title={t("nodes.theLinkWasNotChanged")} detail={failure} />}
      <CheckBox
        label={t("map.linkIsDown")}
        state={fault === "down"}
        isDisabled={isBusy}
        onState={(isDown) => change({ access, fault: isDown ? "down" : "none" })}
      />
      {fault === "none" || fault === "down" ? null : (
        <Note
          tone="warn"
          actions={
            <Button size="sm" disabled={isBusy} onClick={() => change({ access, fault: "none" })}>
              {t("map.endTheFault")}
            </Button>
          }
        >
          {t("map.aFaultIsInForceHere", { fault: faultNames(t)[fault] })}
        </Note>
      )}
      {preset === undefined ? null : (
        <Button className="self-start" disabled={isBusy} onClick={() => apply(preset)}>
          <RotateCcw size={14} aria-hidden />
          {t("map.backToThePreset")}
        </Button>
      )}
    </div>
  );
}
