"use client";

import clsx from "clsx";
import { KeyRound, ShieldOff } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { subscriberEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { formatMsisdn } from "@/components/subscribers/prepare-subscriber";
import { TimeText } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { IconButton } from "@/components/ui/icon-button";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { Device } from "@/lib/contracts/subscribers";
import { RevokeDialog } from "./revoke-dialog";
import { RotateDialog } from "./rotate-dialog";

type Opened = { what: "rotate" | "revoke"; device: Device } | null;

/** One line a device, with what can be done to it. `isShort`: the subscriber is known. */
export function DevicesTable({ rows, isShort = false }: { rows: readonly Device[]; isShort?: boolean }) {
  const t = useTranslations();
  const [opened, setOpened] = useState<Opened>(null);
  const close = useCallback(() => setOpened(null), []);
  const mayEdit = useMay(subscriberEditors);
  const enrolledClass = clsx("hidden", isShort ? "xl:table-cell" : "md:table-cell");
  return (
    <>
      <Table label={t("devices.tableOfDevices")}>
        <thead>
          <tr>
            <Th>{t("common.device")}</Th>
            {isShort ? null : <Th className="hidden sm:table-cell">{t("common.subscriber")}</Th>}
            <Th className={enrolledClass}>{t("devices.enrolled")}</Th>
            <Th className="hidden sm:table-cell">{t("common.lastSeen")}</Th>
            <Th>{t("common.state")}</Th>
            {mayEdit ? (
              <Th className="w-20">
                <span className="sr-only">{t("common.actions")}</span>
              </Th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((device) => (
            <Tr key={device.id} className="hover:bg-sunken/60">
              <Td>
                <span className="block max-w-44 truncate font-medium">
                  {device.name === "" ? device.id : device.name}
                </span>
                {device.name === "" ? null : <span className="block text-ink-3 text-xs">{device.id}</span>}
              </Td>
              {isShort ? null : (
                <Td className="hidden whitespace-nowrap sm:table-cell">
                  <Link
                    href={`/subscribers/${device.subscriberId}`}
                    className="tnum underline-offset-4 hover:underline"
                  >
                    {formatMsisdn(device.msisdn)}
                  </Link>
                </Td>
              )}
              <Td className={enrolledClass}>
                <TimeText at={device.enrolledAt} style="short" />
              </Td>
              <Td className="hidden sm:table-cell">
                {device.lastSeenAt === null ? (
                  <span className="text-ink-3">{t("common.never")}</span>
                ) : (
                  <TimeText at={device.lastSeenAt} style="short" />
                )}
              </Td>
              <Td>
                {device.revokedAt === null ? (
                  <Badge tone="good">{t("devices.enrolled")}</Badge>
                ) : (
                  <Badge>{t("devices.revoked")}</Badge>
                )}
              </Td>
              {mayEdit ? (
                <Td className="whitespace-nowrap text-right">
                  {device.revokedAt === null ? (
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
                  ) : null}
                </Td>
              ) : null}
            </Tr>
          ))}
        </tbody>
      </Table>
      <RotateDialog device={opened?.what === "rotate" ? opened.device : null} onClose={close} />
      <RevokeDialog device={opened?.what === "revoke" ? opened.device : null} onClose={close} />
    </>
  );
}
