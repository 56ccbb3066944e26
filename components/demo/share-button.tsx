"use client";

import { Link2, Share2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { timeTag, untilTag } from "@/components/time/time-text";
import { useNow } from "@/components/time/use-now";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import type { DemoShare } from "@/lib/contracts/demo-shares";
import { useDemoShares } from "./use-demo-shares";

/** Opens the run's links. */
export function ShareButton({ runId }: { runId: string }) {
  const t = useTranslations();
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Share2 size={14} aria-hidden />
        {t("demo.share")}
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={t("demo.shareThisRun")}>
        <ShareForm runId={runId} />
      </Dialog>
    </>
  );
}

function ShareForm({ runId }: { runId: string }) {
  const t = useTranslations();
  const { shares, making, revoking } = useDemoShares(runId);
  const items = shares.data?.items ?? [];
  const url = making.data?.url;
  const failure = making.error ?? revoking.error;
  return (
    <div className="flex flex-col gap-4 p-4 sm:p-5">
      <p className="text-ink-2 text-sm">{t("demo.whoHasTheLinkSeesThis")}</p>
      {url === undefined ? null : (
        <div data-keeps-open>
          <p className="pb-1 font-medium text-sm">{t("demo.theLinkShownOnce")}</p>
          <div className="flex items-start gap-1 rounded bg-sunken py-1 pr-1 pl-2.5">
            <code data-testid="share-url" className="min-w-0 grow break-all py-1 font-mono text-xs">
              {url}
            </code>
            <CopyButton text={url} label={t("demo.copyTheLink")} />
          </div>
        </div>
      )}
      <Button
        variant="primary"
        className="self-start"
        disabled={making.isPending}
        onClick={() => {
          revoking.reset();
          making.mutate();
        }}
      >
        <Link2 size={14} aria-hidden />
        {t("demo.makeALink")}
      </Button>
      {failure === null ? null : (
        <ErrorState
          title={making.isError ? t("demo.noLinkWasMade") : t("demo.theLinkWasNotRevoked")}
          detail={errorText(t, failure)}
        />
      )}
      {shares.isPending ? <Skeleton className="h-10" /> : null}
      {shares.isError ? (
        <ErrorState
          title={t("demo.theLinksCouldNotBeRead")}
          detail={errorText(t, shares.error)}
          onRetry={() => shares.refetch()}
        />
      ) : null}
      {shares.isSuccess && items.length === 0 ? (
        <p className="text-ink-3 text-sm">{t("demo.noLinkWasMadeYet")}</p>
      ) : null}
      <ul className="divide-y divide-line">
        {items.map((share) => (
          <ShareLine
            key={share.id}
            share={share}
            isBusy={revoking.isPending}
            onRevoke={() => {
              making.reset();
              revoking.mutate(share.id);
            }}
          />
        ))}
      </ul>
    </div>
  );
}

function ShareLine({ share, isBusy, onRevoke }: { share: DemoShare; isBusy: boolean; onRevoke: () => void }) {
  const t = useTranslations();
  const nowMs = useNow(10_000);
  const isExpired = nowMs !== null && Date.parse(share.expiresAt) <= nowMs;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm">
      <p className="min-w-0 grow">
        {t.rich("demo.madeBy", { time: timeTag(share.createdAt), createdBy: share.createdBy })}
        <span className="block text-ink-2">
          {t.rich(share.revokedAt !== null ? "demo.revoked" : isExpired ? "demo.expired" : "demo.until", {
            time: untilTag(share.revokedAt ?? share.expiresAt),
          })}
        </span>
      </p>
      {share.revokedAt !== null || isExpired ? null : (
        <Button variant="danger" size="sm" disabled={isBusy} onClick={onRevoke}>
          {t("demo.revoke")}
        </Button>
      )}
    </li>
  );
}
