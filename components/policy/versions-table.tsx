"use client";

import { useTranslations } from "next-intl";
import { TimeText } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { PolicyVersion } from "@/lib/contracts/policy-admin";
import { describeAcks, describeKind, describeScope, versionStates } from "./prepare-version";
import { RollbackButton } from "./rollback-button";

/** One line a version: who published it, why, when, and how far it got. */
export function VersionsTable({ items }: { items: readonly PolicyVersion[] }) {
  const t = useTranslations();
  return (
    <Table label={t("policy.tableOfVersions")}>
      <thead>
        <tr>
          <Th>{t("policy.version")}</Th>
          <Th className="hidden sm:table-cell">{t("common.state")}</Th>
          <Th>{t("common.reason")}</Th>
          <Th className="hidden md:table-cell">{t("policy.published")}</Th>
          <Th className="hidden xl:table-cell">{t("policy.for")}</Th>
          <Th className="hidden lg:table-cell">{t("policy.nodes2")}</Th>
          <Th>
            <span className="sr-only">{t("common.actions")}</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => {
          const { text, tone } = versionStates(t)[item.state];
          return (
            <Tr key={item.version} className="hover:bg-sunken/60">
              <Td className="whitespace-nowrap">
                <Link
                  href={`/policy/versions/${item.version}`}
                  className="inline-flex min-h-6 items-center font-medium underline-offset-2 tnum hover:underline"
                >
                  {t("policy.versionVersion", { version: String(item.version) })}
                </Link>
                <span className="block sm:hidden">
                  <Badge tone={tone}>{text}</Badge>
                </span>
              </Td>
              <Td className="hidden sm:table-cell">
                <Badge tone={tone}>{text}</Badge>
              </Td>
              <Td className="min-w-24">
                <span className="line-clamp-2 break-words">{item.reason}</span>
                <span className="block text-ink-3 text-xs">
                  {describeKind(t, item)}
                  <span className="md:hidden">
                    {" "}
                    · {item.publishedBy}, <TimeText at={item.publishedAt} style="short" />
                  </span>
                </span>
              </Td>
              <Td className="hidden md:table-cell">
                <span className="block">{item.publishedBy}</span>
                <span className="block text-ink-3 text-xs">
                  <TimeText at={item.publishedAt} style="short" />
                </span>
              </Td>
              <Td className="hidden whitespace-nowrap xl:table-cell">{describeScope(t, item.scope)}</Td>
              <Td className="hidden text-ink-2 lg:table-cell">
                {item.state === "superseded" ? "–" : describeAcks(t, item.acks)}
              </Td>
              <Td className="text-right">
                {item.state === "superseded" ? <RollbackButton version={item} size="sm" /> : null}
              </Td>
            </Tr>
          );
        })}
      </tbody>
    </Table>
  );
}
