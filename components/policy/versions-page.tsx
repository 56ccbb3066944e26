"use client";

import { GitCommitHorizontal } from "lucide-react";
import { useTranslations } from "next-intl";
import { Page, PageHeader } from "@/components/shell/page-header";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Link } from "@/components/ui/link";
import { Pager } from "@/components/ui/pager";
import { useCursorPages } from "@/components/ui/use-cursor-pages";
import { CanaryBanner } from "./canary-banner";
import { DraftReview } from "./draft-review";
import { QueryState } from "./query-state";
import { ReadOnlyNote } from "./read-only-note";
import { useDraft } from "./use-policy";
import { useVersions } from "./use-versions";
import { VersionsTable } from "./versions-table";

/** The draft on its way to a version, and every version that was. */
export function VersionsPage() {
  const t = useTranslations();
  const draft = useDraft();
  const pages = useCursorPages();
  const versions = useVersions(pages.cursor);
  const canary = draft.data?.canary ?? null;
  return (
    <Page>
      <PageHeader title={t("policy.policyVersions")} />
      <ReadOnlyNote />
      {canary === null ? null : <CanaryBanner canary={canary} />}
      <QueryState query={draft} failed={t("policy.theDraftCouldNotBeRead")} rows={3}>
        {(data) =>
          data.changes.length === 0 ? (
            <Card>
              <EmptyState icon={<GitCommitHorizontal size={20} aria-hidden />} title={t("policy.theDraftIsAsInForce2")}>
                {t("policy.change")} <TextLink href="/policy/classes">{t("policy.serviceClasses")}</TextLink>,{" "}
                <TextLink href="/policy/white-lists">{t("policy.whiteLists")}</TextLink> {t("policy.or")}{" "}
                <TextLink href="/policy/networks">{t("policy.accessNetworks2")}</TextLink>
                {t("policy.theChangesGatherHereUntilThey")}
              </EmptyState>
            </Card>
          ) : (
            <DraftReview draft={data} />
          )
        }
      </QueryState>
      <Card isFlush title={t("policy.versions")} note={t("policy.eachIsAWholePolicyAnd")}>
        <QueryState query={versions} failed={t("policy.theVersionsCouldNotBeRead")} rows={6}>
          {({ items, nextCursor }) => (
            <>
              <VersionsTable items={items} />
              <Pager pages={pages} nextCursor={nextCursor} />
            </>
          )}
        </QueryState>
      </Card>
    </Page>
  );
}

function TextLink({ href, children }: { href: string; children: string }) {
  return (
    <Link href={href} className="text-accent underline underline-offset-2">
      {children}
    </Link>
  );
}
