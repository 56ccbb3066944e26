"use client";

import { Link2, MonitorSmartphone, Pencil } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { useStaff } from "@/components/shell/staff";
import { TimeText, untilTag } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { IconButton } from "@/components/ui/icon-button";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { StaffMember } from "@/lib/contracts/staff";
import { EditStaffDialog } from "./edit-staff-dialog";
import { LinkDialog } from "./link-dialog";
import { stateBadges } from "./prepare-staff";
import { StaffSessionsDialog } from "./staff-sessions-dialog";

type Opened = { what: "edit" | "link" | "sessions"; member: StaffMember } | null;

/** One line an account, with what can be done to it. */
export function StaffTable({ rows }: { rows: readonly StaffMember[] }) {
  const t = useTranslations();
  const [opened, setOpened] = useState<Opened>(null);
  const close = useCallback(() => setOpened(null), []);
  const me = useStaff();
  const openedAs = (what: "edit" | "link" | "sessions") => (opened?.what === what ? opened.member : null);
  return (
    <>
      <Table label={t("staff.tableOfStaff")}>
        <thead>
          <tr>
            <Th>{t("common.name")}</Th>
            <Th className="hidden sm:table-cell">{t("common.role")}</Th>
            <Th>{t("common.state")}</Th>
            <Th className="hidden md:table-cell">{t("staff.lastSignIn")}</Th>
            <Th className="w-28">
              <span className="sr-only">{t("common.actions")}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((member) => (
            <Tr key={member.id} className="hover:bg-sunken/60">
              <Td>
                <span className="block max-w-40 truncate font-medium sm:max-w-80">
                  {member.name}
                  {member.id === me.id ? <span className="font-normal text-ink-3"> {t("staff.you")}</span> : null}
                </span>
                <span className="block max-w-40 truncate text-ink-3 text-xs sm:max-w-80">{member.email}</span>
                <span className="block text-ink-2 text-xs sm:hidden">{t(`roles.${member.role}`)}</span>
              </Td>
              <Td className="hidden sm:table-cell">{t(`roles.${member.role}`)}</Td>
              <Td>
                <Badge tone={stateBadges(t)[member.state].tone}>{stateBadges(t)[member.state].label}</Badge>
                {member.linkExpiresAt === null ? null : (
                  <span className="hidden pl-2 text-ink-3 text-xs lg:inline">
                    {t.rich("staff.linkUntil", { time: untilTag(member.linkExpiresAt, "short") })}
                  </span>
                )}
              </Td>
              <Td className="hidden md:table-cell">
                {member.lastSignInAt === null ? (
                  <span className="text-ink-3">{t("common.never")}</span>
                ) : (
                  <TimeText at={member.lastSignInAt} style="short" />
                )}
              </Td>
              <Td className="whitespace-nowrap text-right">
                <IconButton
                  label={t("staff.sessionsOf", { name: member.name })}
                  onClick={() => setOpened({ what: "sessions", member })}
                >
                  <MonitorSmartphone size={15} aria-hidden />
                </IconButton>
                {member.state === "disabled" ? null : (
                  <IconButton
                    label={t("staff.oneTimeLinkFor", { name: member.name })}
                    onClick={() => setOpened({ what: "link", member })}
                  >
                    <Link2 size={15} aria-hidden />
                  </IconButton>
                )}
                <IconButton
                  label={t("staff.edit", { name: member.name })}
                  onClick={() => setOpened({ what: "edit", member })}
                >
                  <Pencil size={15} aria-hidden />
                </IconButton>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <EditStaffDialog member={openedAs("edit")} onClose={close} />
      <LinkDialog member={openedAs("link")} onClose={close} />
      <StaffSessionsDialog member={openedAs("sessions")} onClose={close} />
    </>
  );
}
