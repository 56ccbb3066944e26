"use client";

import { ArrowLeft, Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { Page, PageHeader } from "@/components/shell/page-header";
import { TimeText } from "@/components/time/time-text";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { Link } from "@/components/ui/link";
import type { PolicyVersionDetail } from "@/lib/contracts/policy-admin";
import { AcksCard } from "./acks-card";
import { CanaryBanner } from "./canary-banner";
import { describeKind, describeScope, versionBefore, versionStates } from "./prepare-version";
import { QueryState } from "./query-state";
import { ReadOnlyNote } from "./read-only-note";
import { RollbackButton } from "./rollback-button";
import { saveAsFile } from "./save-as-file";
import { SnapshotView } from "./snapshot-view";
import { useVersion } from "./use-versions";
import { VersionDiff } from "./version-diff";

/** One version: who has it, what it changed, and all of it. */
export function VersionPage({ version }: { version: number }) {
  const t = useTranslations();
  const detail = useVersion(version);
  return (
    <Page>
      <Link
        href="/policy/versions"
        className="-mb-2 inline-flex min-h-6 items-center gap-1.5 self-start text-ink-2 text-sm hover:text-ink"
      >
        <ArrowLeft size={14} aria-hidden />
        {t("policy.policyVersions")}
      </Link>
      {detail.data === undefined ? (
        <PageHeader title={t("policy.versionVersion", { version: String(version) })} />
      ) : null}
      <QueryState query={detail} failed={t("policy.versionCouldNotBeRead", { version: String(version) })} rows={8}>
        {(data) => <VersionBody detail={data} />}
      </QueryState>
    </Page>
  );
}

function VersionBody({ detail }: { detail: PolicyVersionDetail }) {
  const t = useTranslations();
  const { version, state, snapshot } = detail;
  const { text, tone } = versionStates(t)[state];
  const download = () =>
    saveAsFile(`policy-version-${version}.json`, "application/json", `${JSON.stringify(snapshot, null, 2)}\n`);
  return (
    <>
      <PageHeader
        title={t("policy.versionVersion", { version: String(version) })}
        actions={
          <>
            <Button onClick={download}>
              <Download size={14} aria-hidden />
              {t("common.download")}
            </Button>
            {state === "superseded" ? <RollbackButton version={detail} /> : null}
          </>
        }
      >
        <Badge tone={tone}>{text}</Badge>
      </PageHeader>
      <ReadOnlyNote />
      {state === "trial" ? <CanaryBanner canary={detail} /> : null}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card title={t("policy.why")}>
          <p className="mb-3 break-words text-base">{detail.reason}</p>
          <Facts
            facts={[
              [t("policy.what"), describeKind(t, detail)],
              [t("policy.for"), describeScope(t, detail.scope)],
              [t("policy.publishedBy"), detail.publishedBy],
              [t("policy.published"), <TimeText key="at" at={detail.publishedAt} />],
            ]}
          />
        </Card>
        <AcksCard version={detail} />
      </div>
      <VersionDiff version={version} before={versionBefore(detail)} />
      <SnapshotView snapshot={snapshot} />
    </>
  );
}
