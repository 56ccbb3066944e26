"use client";

import { KeyRound, ShieldOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { subscriberEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { formatMsisdn } from "@/components/subscribers/prepare-subscriber";
import { TimeText } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { type Column, DataTable } from "@/components/ui/data-table";
import { IconButton } from "@/components/ui/icon-button";
import { Link } from "@/components/ui/link";
import type { Device } from "@/lib/contracts/subscribers";
import type { Translate } from "@/lib/words/translate";
import { RevokeDialog } from "./revoke-dialog";
import { RotateDialog } from "./rotate-dialog";

type Opened = { what: "rotate" | "revoke"; device: Device } | null;

/** What is told of a device in a list. `isShort`: the subscriber is known. */
export function deviceColumns(t: Translate, isShort = false): Column<Device>[] {
  const subscriber: Column<Device> = {
    id: "subscriber",
    head: t("common.subscriber"),
    name: t("common.subscriber"),
    from: "hidden sm:table-cell",
    cellClassName: "whitespace-nowrap",
    cell: ({ subscriberId, msisdn }) => (
      <Link href={`/subscribers/${subscriberId}`} className="tnum underline-offset-4 hover:underline">
        {formatMsisdn(msisdn)}
      </Link>
    ),
  };
  return [
    {
      id: "device",
      head: t("common.device"),
      name: null,
      cell: ({ id, name }) => (
        <>
          <span className="block max-w-44 truncate font-medium">{name === "" ? id : name}</span>
          {name === "" ? null : <span className="block text-ink-3 text-xs">{id}</span>}
        </>
      ),
    },
    ...(isShort ? [] : [subscriber]),
    {
      id: "enrolled",
      head: t("devices.enrolled"),
      name: t("devices.enrolled"),
      from: isShort ? "hidden xl:table-cell" : "hidden md:table-cell",
      cellClassName: "whitespace-nowrap",
      cell: ({ enrolledAt }) => <TimeText at={enrolledAt} style="short" />,
    },
    {
      id: "lastSeen",
      head: t("common.lastSeen"),
      name: t("common.lastSeen"),
      from: "hidden sm:table-cell",
      cellClassName: "whitespace-nowrap",
      cell: ({ lastSeenAt }) =>
        lastSeenAt === null ? (
          <span className="text-ink-3">{t("common.never")}</span>
        ) : (
          <TimeText at={lastSeenAt} style="short" />
        ),
    },
    {
      id: "state",
      head: t("common.state"),
      name: t("common.state"),
      cell: ({ revokedAt }) =>
        revokedAt === null ? <Badge tone="good">{t("devices.enrolled")}</Badge> : <Badge>{t("devices.revoked")}</Badge>,
    },
  ];
}

type DevicesTableProps = {
  rows: readonly Device[];
  columns: readonly Column<Device>[];
  /** Ids of the columns shown; null: as many as the screen is wide. */
  shownColumns?: ReadonlySet<string> | null;
};

/** One line a device, with what can be done to it. */
export function DevicesTable({ rows, columns, shownColumns = null }: DevicesTableProps) {
  const t = useTranslations();
  const [opened, setOpened] = useState<Opened>(null);
  const close = useCallback(() => setOpened(null), []);
  const mayEdit = useMay(subscriberEditors);
  const actions: Column<Device> = {
    id: "actions",
    head: <span className="sr-only">{t("common.actions")}</span>,
    name: null,
    className: "w-20",
    cellClassName: "whitespace-nowrap text-right",
    cell: (device) =>
      device.revokedAt === null ? (
        <>
          <IconButton
            label={t("devices.newSecretFor", { id: device.id })}
            onClick={() => setOpened({ what: "rotate", device })}
          >
            <KeyRound size={15} aria-hidden />
          </IconButton>
          <IconButton
            label={t("devices.revokeId", { id: device.id })}
            onClick={() => setOpened({ what: "revoke", device })}
          >
            <ShieldOff size={15} aria-hidden />
          </IconButton>
        </>
      ) : null,
  };
  return (
    <>
      <DataTable
        label={t("devices.tableOfDevices")}
        columns={mayEdit ? [...columns, actions] : columns}
        rows={rows}
        keyOf={({ id }) => id}
        chosen={shownColumns}
      />
      <RotateDialog device={opened?.what === "rotate" ? opened.device : null} onClose={close} />
      <RevokeDialog device={opened?.what === "revoke" ? opened.device : null} onClose={close} />
    </>
  );
}
