"use client";

import { useLeaveGuard } from "@/components/shell/leave-guard";
import { Page, PageHeader } from "@/components/shell/page-header";
import { policyEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/error-state";
import { MergeDialog } from "@/components/ui/merge-dialog";
import { Note } from "@/components/ui/note";
import { TextArea } from "@/components/ui/text-area";
import { useNotify } from "@/components/ui/toast";
import type { DraftNetworks } from "@/lib/contracts/policy-admin";
import { ChangeBadge } from "./change-badge";
import { ItemMenu } from "./item-menu";
import { NetworksTable } from "./networks-table";
import { formatCount } from "./prepare-words";
import { QueryState } from "./query-state";
import { ReadOnlyNote } from "./read-only-note";
import { useDraftItem } from "./use-draft-item";
import { useNetworksEdit } from "./use-networks-edit";
import { policyPaths, useDraftNetworks } from "./use-policy";

/** Which addresses are LTE and which WiFi, and which private ranges may be destinations. */
export function NetworksPage() {
  const networks = useDraftNetworks();
  return (
    <Page>
      <QueryState query={networks} failed="The access networks could not be read" rows={8}>
        {(draft) => <NetworksBody draft={draft} />}
      </QueryState>
    </Page>
  );
}

function NetworksBody({ draft }: { draft: DraftNetworks }) {
  const mayEdit = useMay(policyEditors);
  const notify = useNotify();
  const edit = useNetworksEdit(draft, () => notify({ title: "The access networks are saved to the draft" }));
  const item = useDraftItem({
    collection: "networks",
    id: "networks",
    name: "Access networks",
    path: policyPaths.networks,
    etag: draft.etag,
  });
  const { form, setForm, read, saving, isDirty } = edit;
  useLeaveGuard(isDirty);
  const isLocked = !mayEdit || saving.isSaving;
  const wrong = read.rowErrors.size;
  const [firstWrong] = read.rowErrors;
  const wrongRow = form.rows.find(({ key }) => key === firstWrong?.[0]);

  return (
    <>
      <PageHeader title="Access networks">
        <ChangeBadge change={draft.change} />
        <span className="grow" />
        {mayEdit && isDirty ? (
          <>
            <Button onClick={edit.undo} disabled={saving.isSaving}>
              Undo typing
            </Button>
            <Button variant="primary" onClick={edit.save} disabled={saving.isSaving}>
              {saving.isSaving ? "Saving…" : "Save to draft"}
            </Button>
          </>
        ) : null}
        {mayEdit && draft.change !== null ? (
          <ItemMenu name="Access networks" change={draft.change} isBusy={item.isBusy} onDiscard={item.discard} />
        ) : null}
      </PageHeader>
      <ReadOnlyNote />
      {edit.isBehind ? (
        <Note tone="warn">Somebody else saved the access networks while you typed. Save to compare both.</Note>
      ) : null}
      {edit.isTried && wrong > 0 ? (
        <ErrorState
          title={`${formatCount(wrong, "line is", "lines are")} not right`}
          detail={`${wrongRow?.cidr || "The line without addresses"}: ${firstWrong?.[1] ?? ""}`}
        />
      ) : null}
      {saving.failure === null ? null : <ErrorState title="They were not saved" detail={saving.failure} />}
      <NetworksTable edit={edit} isLocked={isLocked} mayEdit={mayEdit} />
      <Card
        title="Allowed private ranges"
        note="Private addresses are refused as destinations but for these: a content provider inside the operator's own network."
      >
        <TextArea
          label="Ranges, one a line"
          rows={4}
          spellCheck={false}
          disabled={isLocked}
          value={form.privateRanges}
          onChange={(event) => setForm({ privateRanges: event.target.value })}
          placeholder="none"
          error={read.rangesError}
          className="max-w-lg font-mono"
        />
      </Card>
      <MergeDialog
        isOpen={saving.rows !== null}
        title="The access networks were changed by somebody else"
        rows={saving.rows ?? []}
        isBusy={saving.isSaving}
        onSave={saving.resolve}
        onClose={() => saving.resolve(null)}
      />
    </>
  );
}
