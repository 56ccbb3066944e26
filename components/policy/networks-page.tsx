"use client";

import { useTranslations } from "next-intl";
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
import { QueryState } from "./query-state";
import { ReadOnlyNote } from "./read-only-note";
import { useDraftItem } from "./use-draft-item";
import { useNetworksEdit } from "./use-networks-edit";
import { policyPaths, useDraftNetworks } from "./use-policy";

/** Which addresses are LTE and which WiFi, and which private ranges may be destinations. */
export function NetworksPage() {
  const t = useTranslations();
  const networks = useDraftNetworks();
  return (
    <Page>
      <QueryState query={networks} failed={t("networks.theAccessNetworksCouldNotBe")} rows={8}>
        {(draft) => <NetworksBody draft={draft} />}
      </QueryState>
    </Page>
  );
}

function NetworksBody({ draft }: { draft: DraftNetworks }) {
  const t = useTranslations();
  const mayEdit = useMay(policyEditors);
  const notify = useNotify();
  const edit = useNetworksEdit(draft, () => notify({ title: t("networks.theAccessNetworksAreSavedTo") }));
  const item = useDraftItem({
    collection: "networks",
    id: "networks",
    name: t("networks.accessNetworks"),
    path: policyPaths.networks,
    etag: draft.etag,
    change: draft.change,
  });
  const { form, setForm, read, saving, isDirty } = edit;
  useLeaveGuard(isDirty);
  const isLocked = !mayEdit || saving.isSaving;
  const wrong = read.rowErrors.size;
  const [firstWrong] = read.rowErrors;
  const wrongRow = form.rows.find(({ key }) => key === firstWrong?.[0]);

  return (
    <>
      <PageHeader
        title={t("networks.accessNetworks")}
        actions={
          <>
            {mayEdit && isDirty ? (
              <>
                <Button onClick={edit.undo} disabled={saving.isSaving}>
                  {t("networks.undoTyping")}
                </Button>
                <Button variant="primary" onClick={edit.save} disabled={saving.isSaving}>
                  {saving.isSaving ? t("common.saving") : t("networks.saveToDraft")}
                </Button>
              </>
            ) : null}
            {mayEdit && draft.change !== null ? (
              <ItemMenu
                name={t("networks.accessNetworks")}
                change={draft.change}
                isBusy={item.isBusy}
                onDiscard={item.discard}
              />
            ) : null}
          </>
        }
      >
        <ChangeBadge change={draft.change} />
      </PageHeader>
      <ReadOnlyNote />
      {edit.isBehind ? <Note tone="warn">{t("networks.somebodyElseSavedTheAccessNetworks")}</Note> : null}
      {edit.isTried && wrong > 0 ? (
        <ErrorState
          title={t("networks.linesAreNotRight", { wrong })}
          detail={`${wrongRow?.cidr || t("networks.theLineWithoutAddresses")}: ${firstWrong?.[1] ?? ""}`}
        />
      ) : null}
      {saving.failure === null ? null : <ErrorState title={t("networks.theyWereNotSaved")} detail={saving.failure} />}
      <NetworksTable edit={edit} isLocked={isLocked} mayEdit={mayEdit} />
      <Card title={t("networks.allowedPrivateRanges")} note={t("networks.privateAddressesAreRefusedAsDestinations")}>
        <TextArea
          label={t("networks.rangesOneALine")}
          rows={4}
          spellCheck={false}
          disabled={isLocked}
          value={form.privateRanges}
          onChange={(event) => setForm({ privateRanges: event.target.value })}
          placeholder={t("common.none")}
          error={read.rangesError}
          className="max-w-lg font-mono"
        />
      </Card>
      <MergeDialog
        isOpen={saving.rows !== null}
        title={t("networks.theAccessNetworksWereChangedBy")}
        rows={saving.rows ?? []}
        isBusy={saving.isSaving}
        onSave={saving.resolve}
        onClose={() => saving.resolve(null)}
      />
    </>
  );
}
