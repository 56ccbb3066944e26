"use client";

import { Link2, Share2 } from "lucide-react";
import { useCallback, useState } from "react";
import { TimeText } from "@/components/time/time-text";
import { useNow } from "@/components/time/use-now";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import type { DemoShare } from "@/lib/contracts/demo-shares";
import { errorMessage } from "@/lib/shared/errors";
import { useDemoShares } from "./use-demo-shares";

/** Opens the run's links. */
export function ShareButton({ runId }: { runId: string }) {
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Share2 size={14} aria-hidden />
        Share
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title="Share this run">
        <ShareForm runId={runId} />
      </Dialog>
    </>
  );
}

function ShareForm({ runId }: { runId: string }) {
  const { shares, making, revoking } = useDemoShares(runId);
  const items = shares.data?.items ?? [];
  const url = making.data?.url;
  return (
    <div className="flex flex-col gap-4 p-4 sm:p-5">
      <p className="text-ink-2 text-sm">
        Who has the link sees this run and nothing else, without signing in, for seven days.
      </p>
      {url === undefined ? null : (
        <div>
          <p className="pb-1 font-medium text-sm">The link, shown once</p>
          <div className="flex items-start gap-1 rounded bg-sunken py-1 pr-1 pl-2.5">
            <code data-testid="share-url" className="min-w-0 grow break-all py-1 font-mono text-xs">
              {url}
            </code>
            <CopyButton text={url} label="Copy the link" />
          </div>
        </div>
      )}
      <Button variant="primary" className="self-start" disabled={making.isPending} onClick={() => making.mutate()}>
        <Link2 size={14} aria-hidden />
        Make a link
      </Button>
      {shares.isPending ? <Skeleton className="h-10" /> : null}
      {shares.isError ? (
        <ErrorState
          title="The links could not be read"
          detail={errorMessage(shares.error)}
          onRetry={() => shares.refetch()}
        />
      ) : null}
      {shares.isSuccess && items.length === 0 ? <p className="text-ink-3 text-sm">No link was made yet.</p> : null}
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
  const nowMs = useNow(10_000);
  const isExpired = nowMs !== null && Date.parse(share.expiresAt) <= nowMs;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm">
      <p className="min-w-0 grow">
        Made <TimeText at={share.createdAt} /> by {share.createdBy}
        <span className="block text-ink-2">
          {share.revokedAt !== null ? (
            <>
              Revoked <TimeText at={share.revokedAt} />
            </>
          ) : (
            <>
              {isExpired ? "Expired" : "Until"} <TimeText at={share.expiresAt} />
            </>
          )}
        </span>
      </p>
      {share.revokedAt !== null || isExpired ? null : (
        <Button variant="danger" size="sm" disabled={isBusy} onClick={onRevoke}>
          Revoke
        </Button>
      )}
    </li>
  );
}
