"use client";

import { useMutation } from "@tanstack/react-query";
import { Copy, Headset, Link2, RotateCw } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { errorText, fieldTexts } from "@/components/api/error-text";
import { ApiProblem, fetchJson } from "@/components/api/fetch-json";
import { Page, PageHeader } from "@/components/shell/page-header";
import { PageRefused } from "@/components/shell/page-refused";
import { subscriberReaders } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import type { TypedMoment } from "@/components/time/typed-moment";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { copyText } from "@/components/ui/copy-text";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { useNotify } from "@/components/ui/toast";
import type { SupportMoment } from "@/lib/contracts/moment";
import type { SealedCase, SupportLookUp } from "@/lib/contracts/support";
import { LookUpForm } from "./look-up-form";
import { prepareTicket } from "./prepare-ticket";
import { supportAddress } from "./support-address";
import { VerdictCard } from "./verdict-card";

/* Nothing of an answer is there before somebody has asked. */
const loading = () => <Skeleton className="h-64" />;
const CaseView = dynamic(() => import("./case-view").then((module) => module.CaseView), { ssr: false, loading });
const MomentView = dynamic(() => import("./moment-view").then((module) => module.MomentView), { ssr: false, loading });
const SnapshotDialog = dynamic(() => import("./snapshot-dialog").then((module) => module.SnapshotDialog), {
  ssr: false,
});

const sealedCaseShape = async () => (await import("@/lib/contracts/support")).sealedCaseSchema;
const supportMomentShape = async () => (await import("@/lib/contracts/moment")).supportMomentSchema;

/** "Why is this customer slow?": one page from the number to the answer. */
export function SupportPage(place: SupportPlace) {
  return useMay(subscriberReaders) ? <LookUpPage {...place} /> : <PageRefused roles={subscriberReaders} />;
}

/** `at`: a moment to look back to. */
type SupportPlace = { identifier: string; at: string | null };
type Asked = { request: SupportLookUp; at: string | null };
type Answer = { kind: "now"; found: SealedCase } | { kind: "then"; moment: SupportMoment };

async function ask({ request, at }: Asked): Promise<Answer> {
  if (at === null) {
    const found = await fetchJson(sealedCaseShape, "/api/support/look-up", { method: "POST", body: request });
    return { kind: "now", found };
  }
  const { identifier, purpose } = request;
  const body = { identifier, purpose, at };
  return {
    kind: "then",
    moment: await fetchJson(supportMomentShape, "/api/support/moment", { method: "POST", body }),
  };
}

function LookUpPage({ identifier, at: givenAt }: SupportPlace) {
  const t = useTranslations();
  const [typed, setTyped] = useState<TypedMoment>({ text: givenAt ?? "", zone: "rfc3339" });
  /** Stays while the same is asked again. */
  const [shown, setShown] = useState<{ answer: Answer; asked: Asked } | null>(null);
  const lookUp = useMutation({
    mutationFn: ask,
    onMutate: ({ request, at }) =>
      setShown((before) => {
        const isSame = before?.asked.request.identifier === request.identifier;
        return isSame && (before.asked.at === null) === (at === null) ? before : null;
      }),
    onSuccess: (answer, asked) => {
      setShown({ answer, asked });
      const { subscriber } = answer.kind === "now" ? answer.found : answer.moment;
      window.history.replaceState(null, "", supportAddress(subscriber.id, asked.at));
    },
  });
  const moveTo = (asked: Asked, at: string) => {
    setTyped({ text: at, zone: "rfc3339" });
    lookUp.mutate({ ...asked, at });
  };
  const { error, variables } = lookUp;
  const isUnknown = error instanceof ApiProblem && error.code === "SUBSCRIBER_UNKNOWN";
  return (
    <Page>
      <PageHeader title={t("support.lookUp2")} />
      <LookUpForm
        identifier={identifier}
        moment={typed}
        onMoment={setTyped}
        isBusy={lookUp.isPending}
        refused={fieldTexts(t, error)}
        onLookUp={(request, at) => lookUp.mutate({ request, at })}
      />
      {lookUp.isPending && shown === null ? <Skeleton className="h-64" /> : null}
      {isUnknown ? (
        <Card>
          <EmptyState icon={<Headset size={20} aria-hidden />} title={t("support.nobodyFound")}>
            {errorText(t, error)}
          </EmptyState>
        </Card>
      ) : null}
      {lookUp.isError && !isUnknown ? (
        <ErrorState
          title={t("support.theLookUpFailed")}
          detail={errorText(t, error)}
          onRetry={() => variables !== undefined && lookUp.mutate(variables)}
        />
      ) : null}
      {lookUp.isIdle ? (
        <Card>
          <EmptyState icon={<Headset size={20} aria-hidden />} title={t("support.whoIsCalling")}>
            {t("support.anyWayToWriteTheNumber")}
          </EmptyState>
        </Card>
      ) : null}
      {shown?.answer.kind === "now" ? (
        <Found
          found={shown.answer.found}
          isBusy={lookUp.isPending}
          onAgain={() => lookUp.mutate({ ...shown.asked, at: null })}
        />
      ) : null}
      {shown?.answer.kind === "then" ? (
        <MomentView moment={shown.answer.moment} isBusy={lookUp.isPending} onMove={(at) => moveTo(shown.asked, at)} />
      ) : null}
    </Page>
  );
}

type FoundProps = { found: SealedCase; isBusy: boolean; onAgain: () => void };

function Found({ found, isBusy, onAgain }: FoundProps) {
  const t = useTranslations();
  const notify = useNotify();
  const [isKeeping, setKeeping] = useState(false);
  const closeKeeping = useCallback(() => setKeeping(false), []);
  const { verdict } = found;
  const copy = async () => {
    const isCopied = await copyText(prepareTicket(t, found));
    notify(isCopied ? { title: t("support.theLookUpIsCopiedFor") } : { tone: "bad", title: t("common.notCopied") });
  };
  return (
    <>
      <VerdictCard
        verdict={verdict}
        actions={
          <>
            <Button size="sm" onClick={copy}>
              <Copy size={14} aria-hidden />
              {t("support.copyForTicket")}
            </Button>
            <Button size="sm" onClick={() => setKeeping(true)}>
              <Link2 size={14} aria-hidden />
              {t("support.snapshotLink")}
            </Button>
            <Button size="sm" onClick={onAgain} disabled={isBusy}>
              <RotateCw size={14} aria-hidden />
              {t("support.lookAgain")}
            </Button>
          </>
        }
      />
      <CaseView found={found} />
      <SnapshotDialog shown={found} isOpen={isKeeping} onClose={closeKeeping} />
    </>
  );
}
