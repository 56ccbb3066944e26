"use client";

import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { useDraftWhiteLists } from "@/components/policy/use-policy";
import { useCommands } from "./commands";
import { useGo } from "./leave-guard";

/** Every white-list by its name, while it is on screen. */
export function WhiteListCommands() {
  const t = useTranslations();
  const go = useGo();
  const lists = useDraftWhiteLists();
  const commands = useMemo(
    () =>
      (lists.data?.items ?? []).map(({ item: { id, name } }) => ({
        id: `white-list-${id}`,
        group: t("shell.goTo"),
        name: t("shell.whiteList", { name }),
        run: () => go(`/policy/white-lists/${encodeURIComponent(id)}`),
      })),
    [lists.data, go, t],
  );
  useCommands(commands);
  return null;
}
