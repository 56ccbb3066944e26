"use client";

import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { useNotify } from "@/components/ui/toast";
import type { LinkChange } from "@/lib/contracts/demo";

const linkChangeShape = async () => (await import("@/lib/contracts/demo")).linkChangeSchema;

type LinkChanging = {
  change: (change: LinkChange, on?: { onError: () => void }) => void;
  isBusy: boolean;
  /** Why the last change was not made. */
  failure: string | null;
};

/** Have the testbed change a link under what runs; the live stream says when that is in force. */
export function useChangeLink(): LinkChanging {
  const t = useTranslations();
  const notify = useNotify();
  const changing = useMutation({
    mutationFn: (change: LinkChange) =>
      fetchJson(linkChangeShape, "/api/testbed/links", { method: "POST", body: change }),
    onError: (error) => notify({ tone: "bad", title: t("nodes.theLinkWasNotChanged"), detail: errorText(t, error) }),
  });
  return {
    change: changing.mutate,
    isBusy: changing.isPending,
    failure: changing.isError ? errorText(t, changing.error) : null,
  };
}
