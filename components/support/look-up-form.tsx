"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useCallback, useEffect, useState } from "react";
import type { ZodType } from "zod";
import { issueText } from "@/components/api/error-text";
import { loadShape } from "@/components/api/fetch-json";
import { useHandedText } from "@/components/shell/handed-text";
import { usePreferences } from "@/components/shell/preferences";
import { type TypedMoment, typedIn, typedMoment } from "@/components/time/typed-moment";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { momentMaxDays } from "@/lib/contracts/limits";
import type { SupportLookUp } from "@/lib/contracts/support";
import type { Translate } from "@/lib/words/translate";

type Typed = { identifier: string; purpose: string; destination: string };
type Errors = Partial<Record<keyof Typed | "at", string>>;
type LookUpFormProps = {
  identifier: string;
  /** To look back to; nothing typed: now. */
  moment: TypedMoment;
  onMoment: (typed: TypedMoment) => void;
  isBusy: boolean;
  /** Of the fields that the portal refused. */
  refused: Readonly<Record<string, string>>;
  onLookUp: (request: SupportLookUp, at: string | null) => void;
};

const lookUpShape = async () => (await import("@/lib/contracts/support")).supportLookUpSchema;

type Read = { request: SupportLookUp | null; errors: Errors };

function readForm(t: Translate, { identifier, purpose, destination }: Typed, shape: ZodType<SupportLookUp>): Read {
  const asked = destination.trim() === "" ? null : destination;
  const parsed = shape.safeParse({ identifier, purpose, destination: asked });
  if (parsed.success) return { request: parsed.data, errors: {} };
  const errors: Errors = {};
  for (const issue of parsed.error.issues) errors[issue.path[0] as keyof Typed] ??= issueText(t, issue);
  if (identifier.trim() === "") errors.identifier = t("support.writeANumberAnImsiOr");
  return { request: null, errors };
}

/** Who is asked about, and why: looking somebody up is kept in the audit log with its purpose. */
export function LookUpForm({ identifier, moment, onMoment, isBusy, refused, onLookUp }: LookUpFormProps) {
  const t = useTranslations();
  const [typed, setTyped] = useState<Typed>({ identifier, purpose: "", destination: "" });
  const { zone } = usePreferences();
  const [isTried, setTried] = useState(false);
  const [shape, setShape] = useState<ZodType<SupportLookUp> | null>(null);
  useEffect(() => {
    loadShape(lookUpShape).then(setShape, () => undefined);
  }, []);
  const errors = shape === null ? {} : readForm(t, typed, shape).errors;
  const shown: Errors = isTried ? { ...refused, ...errors } : refused;
  const set = useCallback((change: Partial<Typed>) => setTyped((before) => ({ ...before, ...change })), []);
  const take = useCallback((text: string) => set({ identifier: text }), [set]);
  useHandedText("/support", take);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const { request } = readForm(t, typed, shape ?? (await loadShape(lookUpShape)));
    if (request !== null) onLookUp(request, typedMoment(moment));
  };
  return (
    <Card>
      <form
        onSubmit={submit}
        noValidate
        className="grid items-start gap-3 md:grid-cols-2 xl:grid-cols-[1fr_1.2fr_1fr_14rem_auto]"
      >
        <Field
          label={t("support.numberImsiOrDevice")}
          value={typed.identifier}
          onChange={(event) => set({ identifier: event.target.value })}
          error={shown.identifier}
          placeholder="010-1234-5678"
          autoComplete="off"
          size="sm"
        />
        <Field
          label={t("support.purpose")}
          value={typed.purpose}
          onChange={(event) => set({ purpose: event.target.value })}
          error={shown.purpose}
          placeholder={t("support.ticketNumberOrWhatTheCustomer")}
          autoComplete="off"
          size="sm"
        />
        <Field
          label={t("support.serviceIfOneIsSlow")}
          value={typed.destination}
          onChange={(event) => set({ destination: event.target.value })}
          error={shown.destination}
          placeholder="www.youtube.com"
          autoComplete="off"
          size="sm"
        />
        <Field
          label={zone === "utc" ? t("support.momentUtc") : t("support.momentLocalTime")}
          type="datetime-local"
          step={1}
          value={typedIn(moment, zone)}
          onChange={(event) => onMoment({ text: event.target.value, zone })}
          error={shown.at}
          title={t("support.ofTheLastDaysEmptyNow", { momentMaxDays: String(momentMaxDays) })}
          size="sm"
        />
        <Button type="submit" variant="primary" disabled={isBusy} className="xl:mt-[1.625rem]">
          {isBusy ? t("support.looking") : t("support.lookUp")}
        </Button>
      </form>
    </Card>
  );
}
