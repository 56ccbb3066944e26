"use client";

import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { faultNames } from "@/components/testbed/fault-names";
import { useChangeLink } from "@/components/testbed/use-change-link";
import { Button } from "@/components/ui/button";
import type { LinkFault, TestbedStatus } from "@/lib/contracts/demo";
import { stageFaults } from "./prepare-faults";

type WifiFaults = {
  isBusy: boolean;
  set: (fault: LinkFault) => void;
  /** Down where it is healthy, healthy where it is not. */
  toggle: () => void;
};

/** Faults of the testbed's WiFi link, for who may start runs. */
export function useWifiFaults(testbed: TestbedStatus | null, mayRun: boolean): WifiFaults {
  const { change, isBusy } = useChangeLink();
  const isAllowed = mayRun && testbed !== null && !isBusy;
  const fault = testbed?.faults.wifi.fault ?? "none";
  const set = useCallback(
    (next: LinkFault) => {
      if (isAllowed) change({ access: "wifi", fault: next });
    },
    [isAllowed, change],
  );
  const toggle = useCallback(() => set(fault === "none" ? "down" : "none"), [set, fault]);
  return { isBusy, set, toggle };
}

/** What can be done to WiFi under the transfers that run; the pressed one is in force. */
export function FaultBar({ testbed, faults }: { testbed: TestbedStatus; faults: WifiFaults }) {
  const t = useTranslations();
  const { fault } = testbed.faults.wifi;
  return (
    <section
      aria-label={t("demo.faults")}
      data-testid="faults"
      className="flex flex-wrap items-center gap-2 rounded-lg border border-line bg-surface px-4 py-2.5"
    >
      {stageFaults(t).map(({ fault: one, label, icon: Icon }) => (
        <Button
          key={one}
          variant={one === "none" ? "secondary" : "danger"}
          aria-pressed={one === "none" ? undefined : fault === one}
          disabled={faults.isBusy || fault === one}
          onClick={() => faults.set(one)}
        >
          <Icon size={14} aria-hidden />
          {label}
        </Button>
      ))}
      <p role="status" className="text-base text-ink-2">
        {t("demo.wifiIs", { fault: faultNames(t)[fault] })}
      </p>
    </section>
  );
}
