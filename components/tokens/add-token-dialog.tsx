"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Button } from "@/components/ui/button";
import { CheckBox } from "@/components/ui/check-box";
import { DialogActions } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { DialogResult } from "@/components/ui/dialog-result";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { SelectField } from "@/components/ui/select-field";
import { ShownOnce } from "@/components/ui/shown-once";
import { type ApiTokenInput, newApiTokenSchema, type TokenScope, tokenScopeSchema } from "@/lib/contracts/api-tokens";
import { scopeTexts, validityOptions } from "./prepare-token";

/** Make a token; its secret is shown once. */
export function AddTokenDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useTranslations();
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("tokens.addAnApiToken")}>
      <AddTokenForm onClose={onClose} />
    </Dialog>
  );
}

function AddTokenForm({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly TokenScope[]>(["read"]);
  const [validDays, setValidDays] = useState<ReturnType<typeof validityOptions>[number]["value"]>("90");
  const [isTried, setTried] = useState(false);
  const add = useMutation({
    mutationFn: (body: ApiTokenInput) => fetchJson(newApiTokenSchema, "/api/tokens", { method: "POST", body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: queryKeys.allTokens }),
  });
  if (add.isSuccess)
    return (
      <DialogResult onClose={onClose}>
        <ShownOnce text={add.data.secret} copyLabel={t("tokens.copyToken")}>
          {t("tokens.shownOncePutItWhereThe")}
        </ShownOnce>
      </DialogResult>
    );

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === "" || scopes.length === 0 || add.isPending) return;
    add.mutate({ name: name.trim(), scopes: [...scopes], validDays: Number(validDays) });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 p-4">
      <Field
        label={t("common.name")}
        data-first-focus
        autoComplete="off"
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.target.value)}
        hint={t("tokens.theProgramThatUsesItThe")}
        error={isTried && name.trim() === "" ? t("tokens.sayWhichProgramItIsFor") : undefined}
      />
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1.5 font-medium text-sm">{t("tokens.scopes")}</legend>
        {tokenScopeSchema.options.map((scope) => (
          <CheckBox
            key={scope}
            label={scopeTexts(t)[scope]}
            state={scopes.includes(scope)}
            onState={(isOn) => setScopes(isOn ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
          />
        ))}
        {isTried && scopes.length === 0 ? (
          <p role="alert" className="text-bad text-sm">
            {t("common.chooseAtLeastOne")}
          </p>
        ) : null}
      </fieldset>
      <SelectField
        label={t("tokens.worksFor")}
        size="md"
        value={validDays}
        options={validityOptions(t)}
        onValue={setValidDays}
      />
      {add.isError ? <ErrorState title={t("tokens.theTokenWasNotMade")} detail={errorText(t, add.error)} /> : null}
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant="primary" disabled={add.isPending}>
          {add.isPending ? t("common.making") : t("tokens.makeToken")}
        </Button>
      </DialogActions>
    </form>
  );
}
