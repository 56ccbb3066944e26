"use client";

import { FlaskConical } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { errorText } from "@/components/api/error-text";
import { policyEditors } from "@/components/shell/pages";
import { useMay } from "@/components/shell/staff";
import { timeTag } from "@/components/time/time-text";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { ReasonDialog } from "@/components/ui/reason-dialog";
import type { PolicyVersion } from "@/lib/contracts/policy-admin";
import { describeAcks, describeScope } from "./prepare-version";
import { TrialNote } from "./publish-dialog";
import { policyPaths } from "./use-policy";
import { useVersionAction } from "./use-version-action";

/** The trial that is on, and its two ends. */
export function CanaryBanner({ canary }: { canary: PolicyVersion }) {
  const t = useTranslations();
  const mayEdit = useMay(policyEditors);
  const [ending, setEnding] = useState<"promote" | "revert" | null>(null);
  const close = useCallback(() => setEnding(null), []);
  const promote = useVersionAction(policyPaths.promote, close);
  const revert = useVersionAction(policyPaths.revert, close);
  const end = ending === "revert" ? revert : promote;
  return (
    <section
      aria-label={t("policy.trial")}
      className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border border-line-strong bg-warn-soft px-4 py-3"
    >
      <FlaskConical size={18} aria-hidden className="shrink-0 text-warn" />
      <div className="min-w-0 grow basis-72">
        <p className="font-medium">
          {t.rich("policy.versionIsOnTrialSince", {
            version: String(canary.version),
            link: (chunks) => (
              <Link href={`/policy/versions/${canary.version}`} className="underline underline-offset-2">
                {chunks}
              </Link>
            ),
            toLowerCase: describeScope(t, canary.scope).toLowerCase(),
            time: timeTag(canary.publishedAt, "short"),
            acks: describeAcks(t, canary.acks),
          })}
        </p>
        <TrialNote />
      </div>
      {mayEdit ? (
        <div className="flex gap-2">
          <Button onClick={() => setEnding("revert")}>{t("policy.revert")}</Button>
          <Button variant="primary" onClick={() => setEnding("promote")}>
            {t("policy.promoteToEveryone")}
          </Button>
        </div>
      ) : null}
      <ReasonDialog
        isOpen={ending !== null}
        title={
          ending === "revert"
            ? t("policy.revertTrial", { version: String(canary.version) })
            : t("policy.promoteTrial", { version: String(canary.version) })
        }
        confirmLabel={ending === "revert" ? t("policy.revertTheTrial") : t("policy.promoteToEveryone")}
        isDangerous={ending === "revert"}
        isBusy={end.isPending}
        failure={end.isError ? errorText(t, end.error) : null}
        onConfirm={(reason) => end.mutate(reason)}
        onClose={close}
      >
        {ending === "revert" ? t("policy.everyoneIsBackOnTheVersion") : t("policy.thePolicyOnTrialIsPublished")}
      </ReasonDialog>
    </section>
  );
}
