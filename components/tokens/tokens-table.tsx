"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ShieldOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { TimeText } from "@/components/time/time-text";
import { useNow } from "@/components/time/use-now";
import { Badge } from "@/components/ui/badge";
import { IconButton } from "@/components/ui/icon-button";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { useNotify } from "@/components/ui/toast";
import { type ApiToken, apiTokenSchema } from "@/lib/contracts/api-tokens";
import { tokenState } from "./prepare-token";

/** One line a token, with the button that ends it. */
export function TokensTable({ rows }: { rows: readonly ApiToken[] }) {
  const t = useTranslations();
  const nowMs = useNow(10_000) ?? Date.now();
  const [asked, setAsked] = useState<ApiToken | null>(null);
  return (
    <>
      <Table label={t("tokens.tableOfApiTokens")}>
        <thead>
          <tr>
            <Th>{t("common.name")}</Th>
            <Th className="hidden sm:table-cell">{t("tokens.scopes")}</Th>
            <Th>{t("common.state")}</Th>
            <Th className="hidden md:table-cell">{t("tokens.expires")}</Th>
            <Th className="hidden md:table-cell">{t("tokens.lastUsed")}</Th>
            <Th className="w-12">
              <span className="sr-only">{t("common.actions")}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((token) => {
            const state = tokenState(t, token, nowMs);
            return (
              <Tr key={token.id} className="hover:bg-sunken/60">
                <Td>
                  <span className="block max-w-44 truncate font-medium sm:max-w-72">{token.name}</span>
                  <span className="block text-ink-3 text-xs">
                    {token.staffName}, <TimeText at={token.createdAt} style="short" />
                  </span>
                </Td>
                <Td className="hidden sm:table-cell">{token.scopes.join(", ")}</Td>
                <Td>
                  <Badge tone={state.tone}>{state.label}</Badge>
                </Td>
                <Td className="hidden md:table-cell">
                  <TimeText at={token.expiresAt} style="short" />
                </Td>
                <Td className="hidden md:table-cell">
                  {token.lastUsedAt === null ? (
                    <span className="text-ink-3">{t("common.never")}</span>
                  ) : (
                    <TimeText at={token.lastUsedAt} style="short" />
                  )}
                </Td>
                <Td className="text-right">
                  {state.isOver ? null : (
                    <IconButton label={t("tokens.revoke", { name: token.name })} onClick={() => setAsked(token)}>
                      <ShieldOff size={15} aria-hidden />
                    </IconButton>
                  )}
                </Td>
              </Tr>
            );
          })}
        </tbody>
      </Table>
      <RevokeTokenDialog token={asked} onClose={() => setAsked(null)} />
    </>
  );
}

function RevokeTokenDialog({ token, onClose }: { token: ApiToken | null; onClose: () => void }) {
  const t = useTranslations();
  const queries = useQueryClient();
  const notify = useNotify();
  const revoke = useMutation({
    mutationFn: (reason: string) =>
      fetchJson(apiTokenSchema, `/api/tokens/${token?.id ?? ""}/revoke`, { method: "POST", body: { reason } }),
    onSuccess: ({ name }) => {
      void queries.invalidateQueries({ queryKey: queryKeys.allTokens });
      notify({ title: t("tokens.tokenRevoked"), detail: name });
      onClose();
    },
  });
  return (
    <ReasonDialog
      isOpen={token !== null}
      title={t("tokens.revokeName", { name: token?.name ?? "" })}
      confirmLabel={revoke.isPending ? t("tokens.revoking") : t("tokens.revokeToken")}
      isDangerous
      isBusy={revoke.isPending}
      failure={revoke.isError ? errorText(t, revoke.error) : null}
      onConfirm={(reason) => revoke.mutate(reason)}
      onClose={() => {
        revoke.reset();
        onClose();
      }}
    >
      {t("tokens.programsThatUseItAreRefused")}
    </ReasonDialog>
  );
}
