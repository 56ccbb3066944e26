"use client";

import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { useNotify } from "@/components/ui/toast";
import type { LinkChange } from "@/lib/contracts/demo";

const linkChangeShape = async () => (await import("@/lib/contracts/demo")).linkChangeSchema;

/** Have the testbed change a link under what runs; the live stream says when that is in force. */
export function useChangeLink(): { change: (change: LinkChange) => void; isBusy: boolean } {
  const t = useTranslations();
  const notify = useNotify();
  const changing = useMutation({
    mutationFn: (change: LinkChange) =>
      fetchJson(linkChangeShape, "/api/testbed/links", { method: "POST", body: change }),
    onError: (error) => notify({ tone: "bad", title: t("nodes.theLinkWasNotChanged"), detail: errorText(t, error) }),
  });
  return { change: changing.mutate, isBusy: changing.isPending };
}
