"use client";

import { KeyRound, MapPin, Pause, Play, RefreshCw, SlidersHorizontal, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useCallback, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { nodeEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import type { LiveNode } from "@/lib/contracts/live";
import type { Translate } from "@/lib/words/translate";
import { NodeProfileForm } from "./node-profile-form";
import { NodeSettingsForm } from "./node-settings-form";
import { nodeState, sessionsLeft, sessionsText } from "./prepare-node";
import { type OrderVerb, useOrderNode } from "./use-order-node";

const words = (t: Translate): Record<OrderVerb, { title: (name: string) => string; confirm: string }> => ({
  drain: { title: (name) => t("nodes.drain", { name }), confirm: t("nodes.drain2") },
  resume: { title: (name) => t("nodes.letTakeSessionsAgain", { name }), confirm: t("nodes.resume") },
  restart: { title: (name) => t("nodes.restart", { name }), confirm: t("nodes.restart2") },
  credential: { title: (name) => t("nodes.changeTheCredentialOf", { name }), confirm: t("nodes.changeCredential") },
  revoke: { title: (name) => t("nodes.removeNode", { name }), confirm: t("nodes.remove") },
});

/** Drain, resume, restart and settings of a proxy node, for those who may; everybody may look at the settings. */
export function NodeActions({ node }: { node: LiveNode }) {
  const t = useTranslations();
  const mayOrder = useMay(nodeEditors);
  const [asked, setAsked] = useState<OrderVerb | null>(null);
  const [isSetting, setSetting] = useState(false);
  const [isNaming, setNaming] = useState(false);
  const close = useCallback(() => setAsked(null), []);
  const closeNaming = useCallback(() => setNaming(false), []);
  const closeSettings = useCallback(() => setSetting(false), []);
  const order = useOrderNode(node, close);
  const isDraining = node.order?.isDraining ?? false;
  const state = nodeState(node);
  return (
    <div className="flex flex-wrap gap-2">
      {mayOrder ? (
        <>
          <Button size="sm" onClick={() => setAsked(isDraining ? "resume" : "drain")}>
            {isDraining ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
            {isDraining ? t("nodes.resume") : t("nodes.drain2")}
          </Button>
          <Button size="sm" disabled={state === "down" || state === "restarting"} onClick={() => setAsked("restart")}>
            <RefreshCw size={14} aria-hidden />
            {t("nodes.restart2")}
          </Button>
          {node.order?.hasJoined === true ? (
            <Button size="sm" disabled={node.order.isCredentialDue} onClick={() => setAsked("credential")}>
              <KeyRound size={14} aria-hidden />
              {node.order.isCredentialDue ? t("nodes.credentialChanges") : t("nodes.changeCredential")}
            </Button>
          ) : null}
          <Button
            size="sm"
            aria-label={t("nodes.nameAndRegionOf", { name: node.name })}
            onClick={() => setNaming(true)}
          >
            <MapPin size={14} aria-hidden />
            {t("nodes.nameAndRegion")}
          </Button>
          {node.order?.hasJoined === true ? (
            <Button
              size="sm"
              aria-label={t("nodes.removeNode", { name: node.name })}
              onClick={() => setAsked("revoke")}
            >
              <Trash2 size={14} aria-hidden />
              {t("nodes.remove")}
            </Button>
          ) : null}
        </>
      ) : null}
      <Button size="sm" aria-label={t("nodes.settingsOf", { name: node.name })} onClick={() => setSetting(true)}>
        <SlidersHorizontal size={14} aria-hidden />
        {t("nodes.settings")}
      </Button>
      <ReasonDialog
        isOpen={asked !== null}
        title={asked === null ? "" : words(t)[asked].title(node.name)}
        confirmLabel={asked === null ? "" : words(t)[asked].confirm}
        isDangerous={asked === "restart" || asked === "revoke"}
        isBusy={order.isPending}
        failure={order.isError ? errorText(t, order.error) : null}
        onConfirm={(reason) => asked !== null && order.mutate({ verb: asked, reason })}
        onClose={() => {
          order.reset();
          close();
        }}
      >
        {asked === null ? null : consequences(t, asked, node)}
      </ReasonDialog>
      <Dialog isOpen={isNaming} onClose={closeNaming} title={t("nodes.nameAndRegionOf", { name: node.name })}>
        {node.order === null ? null : <NodeProfileForm nodeId={node.id} order={node.order} onClose={closeNaming} />}
      </Dialog>
      <Dialog
        isOpen={isSetting}
        onClose={closeSettings}
        title={t("nodes.settingsOf", { name: node.name })}
        place="right"
      >
        <NodeSettingsForm node={node} mayEdit={mayOrder} onClose={closeSettings} />
      </Dialog>
    </div>
  );
}

function consequences(t: Translate, verb: OrderVerb, node: LiveNode): ReactNode {
  const running = sessionsText(t, sessionsLeft(node));
  if (verb === "resume") return t("nodes.newSessionsAreTakenAtOnce");
  if (verb === "credential") return t("nodes.theNodeAsksForAnotherOne");
  if (verb === "revoke") return t("nodes.itsCredentialIsVoidFromNowOn");
  if (verb === "drain")
    return t("nodes.newSessionsAreRefusedFromNow", {
      running,
      state: node.health === "down" ? t("nodes.theNodeIsDownItDrains") : "",
    });
  return t("nodes.aNewProcessTakesThePort", {
    running,
    drainDeadlineSeconds: String(node.status?.settings?.drainDeadlineSeconds ?? 3600),
  });
}
