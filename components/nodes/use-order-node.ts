"use client";

import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { useNotify } from "@/components/ui/toast";
import type { LiveNode } from "@/lib/contracts/live";
import { type ShownNodeOrder, shownNodeOrderSchema } from "@/lib/contracts/nodes";
import type { Translate } from "@/lib/words/translate";

export type OrderVerb = "drain" | "resume" | "restart" | "credential" | "revoke";

export function nodePath(nodeId: string, what: OrderVerb | "settings" | "profile"): string {
  return `/api/nodes/${encodeURIComponent(nodeId)}/${what}`;
}

const titles = (t: Translate): Record<OrderVerb, string> => ({
  drain: t("nodes.draining"),
  resume: t("nodes.takesSessionsAgain"),
  restart: t("nodes.restarting"),
  credential: t("nodes.changesItsCredential"),
  revoke: t("nodes.isRemoved"),
});

/** Give a node an order with its reason. A drain can be taken back from the notice. */
export function useOrderNode(node: LiveNode, onDone: () => void) {
  const t = useTranslations();
  const notify = useNotify();
  const send = (verb: OrderVerb, reason: string): Promise<ShownNodeOrder> =>
    fetchJson(shownNodeOrderSchema, nodePath(node.id, verb), { method: "POST", body: { reason } });
  const undo = (): void => {
    send("resume", t("nodes.theDrainWasTakenBackAt")).then(
      () => notify({ title: titles(t).resume, detail: node.name }),
      (error: Error) => notify({ tone: "bad", title: t("nodes.notTakenBack"), detail: errorText(t, error) }),
    );
  };
  return useMutation({
    mutationFn: ({ verb, reason }: { verb: OrderVerb; reason: string }) => send(verb, reason),
    onSuccess: (_order, { verb }) => {
      const action = verb === "drain" ? { action: { label: t("nodes.undo"), run: undo } } : {};
      notify({ title: titles(t)[verb], detail: node.name, ...action });
      onDone();
    },
  });
}
