"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Headset, Pencil, QrCode, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import * as z from "zod";
import { errorText } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { DevicesTable, deviceColumns } from "@/components/devices/devices-table";
import { EnrolmentDialog } from "@/components/devices/enrolment-dialog";
import { useGo } from "@/components/shell/leave-guard";
import { Page, PageHeader } from "@/components/shell/page-header";
import { PageRefused } from "@/components/shell/page-refused";
import { subscriberEditors, subscriberReaders } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { TimeText } from "@/components/time/time-text";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { CopyButton } from "@/components/ui/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Facts } from "@/components/ui/facts";
import { Link } from "@/components/ui/link";
import { Note } from "@/components/ui/note";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useNotify } from "@/components/ui/toast";
import type { SubscriberDetail } from "@/lib/contracts/subscribers";
import { formatBytes } from "@/lib/shared/units";
import { formatMsisdn, nameOf, namesOfLists } from "./prepare-subscriber";
import { StateBadge } from "./state-badge";
import { SubscriberDialog } from "./subscriber-dialog";
import { useSubscriber, useSubscriberChoices } from "./use-subscribers";

/** One subscriber: what they have, and their devices. */
export function SubscriberPage({ id }: { id: string }) {
  return useMay(subscriberReaders) ? <SubscriberBody id={id} /> : <PageRefused roles={subscriberReaders} />;
}

function SubscriberBody({ id }: { id: string }) {
  const t = useTranslations();
  const subscriber = useSubscriber(id);
  return (
    <Page>
      {subscriber.data === undefined ? <PageHeader title={t("common.subscriber")} /> : null}
      {subscriber.isError ? (
        <ErrorState
          title={t("subscribers.theSubscriberCouldNotBeRead")}
          detail={errorText(t, subscriber.error)}
          onRetry={() => subscriber.refetch()}
        />
      ) : null}
      {subscriber.isPending ? (
        <Card isFlush>
          <TableSkeleton rows={6} />
        </Card>
      ) : null}
      {subscriber.data === undefined ? null : <SubscriberView subscriber={subscriber.data} />}
    </Page>
  );
}

type Opened = "edit" | "enrol" | "delete" | null;

function SubscriberView({ subscriber }: { subscriber: SubscriberDetail }) {
  const t = useTranslations();
  const [opened, setOpened] = useState<Opened>(null);
  const close = useCallback(() => setOpened(null), []);
  const mayEdit = useMay(subscriberEditors);
  const choices = useSubscriberChoices();
  const { serviceClassId, quotaClassId, extraWhiteListIds, deviceList } = subscriber;
  const classes = choices.data?.classes;

  return (
    <>
      <PageHeader
        title={formatMsisdn(subscriber.msisdn)}
        actions={
          <>
            <Link href={`/support?subscriber=${subscriber.id}`} className={buttonClass()}>
              <Headset size={14} aria-hidden />
              {t.rich("subscribers.lookUpWhyTheTrafficIs", {
                span: (chunks) => <span className="sr-only">{chunks}</span>,
              })}
            </Link>
            {mayEdit ? (
              <>
                <Button variant="danger" onClick={() => setOpened("delete")}>
                  <Trash2 size={14} aria-hidden />
                  {t("subscribers.remove")}
                </Button>
                <Button onClick={() => setOpened("edit")}>
                  <Pencil size={14} aria-hidden />
                  {t("subscribers.edit2")}
                </Button>
              </>
            ) : null}
          </>
        }
      >
        {subscriber.isMasked ? null : <CopyButton text={subscriber.msisdn} label={t("subscribers.copyMsisdn")} />}
        <StateBadge state={subscriber.state} />
      </PageHeader>
      {subscriber.isMasked ? <Note>{t("subscribers.numbersAreMaskedLookTheSubscriber")}</Note> : null}
      {subscriber.state === "suspended" ? (
        <Note tone="warn">{t("subscribers.suspendedNoDeviceOfThisSubscriber")}</Note>
      ) : null}
      {quotaClassId === null ? null : (
        <Note tone="warn">
          {t("subscribers.theMonthlyLteQuotaIsReached", { nameOf: nameOf(classes, quotaClassId) })}
        </Note>
      )}
      <div className="grid gap-4 lg:grid-cols-[22rem_minmax(0,1fr)]">
        <Card title={t("common.subscriber")}>
          <Facts
            facts={[
              [t("common.serviceClass"), nameOf(classes, serviceClassId)],
              [t("subscribers.inForce"), nameOf(classes, quotaClassId ?? serviceClassId)],
              [t("subscribers.extraWhiteLists"), namesOfLists(t, choices.data, extraWhiteListIds)],
              [t("subscribers.lteThisMonth"), formatBytes(subscriber.lteBytesThisMonth)],
              ["IMSI", subscriber.imsi ?? t("common.notKnown")],
              [t("subscribers.added"), <TimeText key="added" at={subscriber.createdAt} />],
              [t("common.changed"), <TimeText key="changed" at={subscriber.updatedAt} />],
              [
                t("subscribers.id"),
                <span key="id" className="break-all font-mono text-xs">
                  {subscriber.id}
                </span>,
              ],
            ]}
          />
        </Card>
        <Card
          title={t("subscribers.devices")}
          isFlush
          actions={
            mayEdit ? (
              <Button size="sm" onClick={() => setOpened("enrol")}>
                <QrCode size={14} aria-hidden />
                {t("subscribers.enrolADevice")}
              </Button>
            ) : null
          }
        >
          {deviceList.length === 0 ? (
            <EmptyState title={t("subscribers.noDeviceYet")}>
              {mayEdit ? t("subscribers.enrolOneACodeOrA") : t("subscribers.anOperatorCanEnrolOne")}
            </EmptyState>
          ) : (
            <DevicesTable rows={deviceList} columns={deviceColumns(t, true)} />
          )}
        </Card>
      </div>
      <SubscriberDialog isOpen={opened === "edit"} subscriber={subscriber} onClose={close} />
      <EnrolmentDialog
        subscriberId={opened === "enrol" ? subscriber.id : null}
        msisdn={subscriber.msisdn}
        onClose={close}
      />
      <RemoveDialog subscriber={subscriber} isOpen={opened === "delete"} onClose={close} />
    </>
  );
}

type RemoveDialogProps = { subscriber: SubscriberDetail; isOpen: boolean; onClose: () => void };

function RemoveDialog({ subscriber, isOpen, onClose }: RemoveDialogProps) {
  const t = useTranslations();
  const go = useGo();
  const queries = useQueryClient();
  const notify = useNotify();
  const remove = useMutation({
    mutationFn: () =>
      fetchJson(z.null(), `/api/subscribers/${subscriber.id}`, {
        method: "DELETE",
        condition: { ifMatch: subscriber.etag },
      }),
    onSuccess: () => {
      notify({ title: t("subscribers.subscriberRemoved"), detail: formatMsisdn(subscriber.msisdn) });
      queries.removeQueries({ queryKey: queryKeys.subscriber(subscriber.id) });
      void queries.invalidateQueries({ queryKey: queryKeys.allSubscribers });
      go("/subscribers");
    },
  });
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={t("subscribers.removeMsisdn", { msisdn: formatMsisdn(subscriber.msisdn) })}
      confirmLabel={remove.isPending ? t("subscribers.removing") : t("subscribers.removeSubscriberAndDevices")}
      isDangerous
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{t("subscribers.itsDevicesLoseTheirAccessAt")}</p>
      {remove.isError ? (
        <ErrorState className="mt-3" title={t("subscribers.notRemoved")} detail={errorText(t, remove.error)} />
      ) : null}
    </ConfirmDialog>
  );
}
