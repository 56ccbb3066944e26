"use client";

import { useMutation } from "@tanstack/react-query";
import { fetchJson } from "@/components/api/fetch-json";
import { useNotify } from "@/components/ui/toast";
import type { LiveNode } from "@/lib/contracts/live";
import { type ShownNodeOrder, shownNodeOrderSchema } from "@/lib/contracts/nodes";

export type OrderVerb = "drain" | "resume" | "restart" | "credential";

export function nodePath(nodeId: string, what: OrderVerb | "settings" | "profile"): string {
  return `/api/nodes/${encodeURIComponent(nodeId)}/${what}`;
}

const titles: Record<OrderVerb, string> = {
  drain: "Draining",
  resume: "Takes sessions again",
  restart: "Restarting",
  credential: "Changes its credential",
};

/** Give a node an order with its reason. A drain can be taken back from the notice. */
export function useOrderNode(node: LiveNode, onDone: () => void) {
  const notify = useNotify();
  const send = (verb: OrderVerb, reason: string): Promise<ShownNodeOrder> =>
    fetchJson(shownNodeOrderSchema, nodePath(node.id, verb), { method: "POST", body: { reason } });
  const undo = (): void => {
    send("resume", "The drain was taken back at once.").then(
      () => notify({ title: titles.resume, detail: node.name }),
      (error: Error) => notify({ tone: "bad", title: "Not taken back", detail: error.message }),
    );
  };
  return useMutation({
    mutationFn: ({ verb, reason }: { verb: OrderVerb; reason: string }) => send(verb, reason),
    onSuccess: (_order, { verb }) => {
      const action = verb === "drain" ? { action: { label: "Undo", run: undo } } : {};
      notify({ title: titles[verb], detail: node.name, ...action });
      onDone();
    },
  });
}
