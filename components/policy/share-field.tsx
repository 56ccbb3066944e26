"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { NumberField } from "@/components/ui/number-field";
import { Slider } from "@/components/ui/slider";
import { readNumber } from "./prepare-class-form";

type ShareFieldProps = {
  className: string;
  text: string;
  onText: (text: string) => void;
  aside: ReactNode;
  error: string | undefined;
  isDisabled: boolean;
};

/** The most of the bytes that LTE may carry: by slider or as a number. */
export function ShareField({ className, text, onText, aside, error, isDisabled }: ShareFieldProps) {
  const t = useTranslations();
  const number = readNumber(text);
  const isSet = !Number.isNaN(number);
  return (
    <div>
      <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-2">
        <span className="font-medium text-sm">{t("classes.lteShareAtMost")}</span>
        {aside}
      </div>
      <div className="flex items-start gap-4">
        <Slider
          label={t("classes.lteShareOfSlider", { className })}
          value={isSet ? Math.round(number) : null}
          valueText={isSet ? `${Math.round(number)} %` : t("classes.notSet")}
          min={0}
          max={100}
          onValue={(value) => onText(String(value))}
          isDisabled={isDisabled}
          className="grow"
          rangeClassName="hatch-lte"
        />
        <NumberField
          label={t("classes.lteShareOf", { className })}
          isLabelHidden
          unit="%"
          text={text}
          onText={onText}
          error={error}
          isDisabled={isDisabled}
          className="w-22 shrink-0"
        />
      </div>
    </div>
  );
}
