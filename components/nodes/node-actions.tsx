"use client";

import { KeyRound, MapPin, Pause, Play, RefreshCw, SlidersHorizontal } from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";
import { nodeEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import type { LiveNode } from "@/lib/contracts/live";
import { NodeProfileForm } from "./node-profile-form";
import { NodeSettingsForm } from "./node-settings-form";
import { nodeState, sessionsLeft, sessionsText } from "./prepare-node";
import { type OrderVerb, useOrderNode } from "./use-order-node";

const words: Record<OrderVerb, { title: (name: string) => string; confirm: string }> = {
  drain: { title: (name) => `Drain ${name}?`, confirm: "Drain" },
  resume: { title: (name) => `Let ${name} take sessions again?`, confirm: "Resume" },
  restart: { title: (name) => `Restart ${name}?`, confirm: "Restart" },
  credential: { title: (name) => `Change the credential of ${name}?`, confirm: "Change credential" },
};

/** Drain, resume, restart and settings of a proxy node, for those who may; everybody may look at the settings. */
export function NodeActions({ node }: { node: LiveNode }) {
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
            {isDraining ? "Resume" : "Drain"}
          </Button>
          <Button size="sm" disabled={state === "down" || state === "restarting"} onClick={() => setAsked("restart")}>
            <RefreshCw size={14} aria-hidden />
            Restart
          </Button>
          {node.order?.hasJoined === true ? (
            <Button size="sm" disabled={node.order.isCredentialDue} onClick={() => setAsked("credential")}>
              <KeyRound size={14} aria-hidden />
              {node.order.isCredentialDue ? "Credential changes…" : "Change credential"}
            </Button>
          ) : null}
          <Button size="sm" aria-label={`Name and region of ${node.name}`} onClick={() => setNaming(true)}>
            <MapPin size={14} aria-hidden />
            Name and region
          </Button>
        </>
      ) : null}
      <Button size="sm" aria-label={`Settings of ${node.name}`} onClick={() => setSetting(true)}>
        <SlidersHorizontal size={14} aria-hidden />
        Settings
      </Button>
      <ReasonDialog
        isOpen={asked !== null}
        title={asked === null ? "" : words[asked].title(node.name)}
        confirmLabel={asked === null ? "" : words[asked].confirm}
        isDangerous={asked === "restart"}
        isBusy={order.isPending}
        failure={order.isError ? order.error.message : null}
        onConfirm={(reason) => asked !== null && order.mutate({ verb: asked, reason })}
        onClose={() => {
          order.reset();
          close();
        }}
      >
        {asked === null ? null : consequences(asked, node)}
      </ReasonDialog>
      <Dialog isOpen={isNaming} onClose={closeNaming} title={`Name and region of ${node.name}`}>
        {node.order === null ? null : (
          <NodeProfileForm nodeId={node.id} profile={node.order.profile} onClose={closeNaming} />
        )}
      </Dialog>
      <Dialog isOpen={isSetting} onClose={closeSettings} title={`Settings of ${node.name}`} place="right">
        <NodeSettingsForm node={node} mayEdit={mayOrder} onClose={closeSettings} />
      </Dialog>
    </div>
  );
}

function consequences(verb: OrderVerb, node: LiveNode): ReactNode {
  const running = sessionsText(sessionsLeft(node));
  if (verb === "resume") return "New sessions are taken at once.";
  if (verb === "credential")
    return "The node asks for another one and uses it at once, or when it is back. The one before holds until then.";
  if (verb === "drain")
    return `New sessions are refused from now on, with the reason in words. What runs (${running} now) goes on to its end.${
      node.health === "down" ? " The node is down: it drains when it is back." : ""
    }`;
  return `A new process takes the port over, then the one before serves what runs (${running} now) to the end, at the most ${
    node.status?.settings?.drainDeadlineSeconds ?? 3600
  } s. No connection is refused meanwhile. A restart cannot be taken back.`;
}
