"use client";

import clsx from "clsx";
import { BellRing } from "lucide-react";
import { useTranslations } from "next-intl";
import { Link } from "@/components/ui/link";
import { callingAlerts } from "./prepare-alerts";
import { useAlerts } from "./use-alerts";

/** How many alerts nobody looks after; nothing where there are none. */
export function AlertChip({ className }: { className?: string }) {
  const t = useTranslations();
  const alerts = useAlerts();
  const count = callingAlerts(alerts.data?.open ?? []).length;
  return (
    <div role="status">
      {count === 0 ? null : (
        <Link
          href="/alerts"
          className={clsx(
            "flex h-8 items-center gap-2 rounded-md bg-bad-soft px-2.5 font-medium text-bad text-sm hover:underline",
            className,
          )}
        >
          <BellRing size={14} aria-hidden />
          {t("alerts.alertCount", { count })}
        </Link>
      )}
    </div>
  );
}
