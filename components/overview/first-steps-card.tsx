"use client";

import { useQuery } from "@tanstack/react-query";
import clsx from "clsx";
import { Circle, CircleArrowRight, CircleCheck, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { useStaff } from "@/components/shell/staff";
import { Card } from "@/components/ui/card";
import { IconButton } from "@/components/ui/icon-button";
import { Link } from "@/components/ui/link";
import type { FirstSteps } from "@/lib/contracts/first-steps";
import { type FirstStep, prepareFirstSteps, putAwayCookie } from "./prepare-first-steps";

const firstStepsShape = async () => (await import("@/lib/contracts/first-steps")).firstStepsSchema;

const renewMs = 5000;

/** The way into the product: each step leads to its page and is ticked by what is so; gone once all are, or put away. */
export function FirstStepsCard({ initial }: { initial: FirstSteps }) {
  const t = useTranslations();
  const { role } = useStaff();
  const [isAway, setAway] = useState(false);
  const known = useQuery({
    queryKey: queryKeys.firstSteps,
    queryFn: ({ signal }) => fetchJson(firstStepsShape, "/api/first-steps", { signal }),
    initialData: initial,
    refetchInterval: ({ state }) =>
      !isAway && state.data !== undefined && prepareFirstSteps(t, role, state.data).length > 0 ? renewMs : false,
  });
  const steps = prepareFirstSteps(t, role, known.data);
  const next = steps.find(({ isDone }) => !isDone);
  if (isAway || next === undefined) return null;
  const putAway = () => {
    // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is missing on plain http, where the portal runs too
    document.cookie = putAwayCookie();
    setAway(true);
  };
  return (
    <Card
      title={t("overview.firstSteps")}
      note={t("overview.ofDoneEachIsTickedOnce", {
        count: steps.filter(({ isDone }) => isDone).length,
        count2: steps.length,
      })}
      actions={
        <IconButton label={t("overview.putTheFirstStepsAway")} onClick={putAway}>
          <X size={15} aria-hidden />
        </IconButton>
      }
    >
      <ol className="grid grid-cols-2 gap-2 sm:grid-cols-3 xl:grid-cols-6">
        {steps.map((step) => (
          <StepItem key={step.id} step={step} isNext={step === next} />
        ))}
      </ol>
      <p className="pt-2.5 text-ink-2 text-sm">
        <span className="font-medium text-ink">{next.title}.</span> {next.detail}
      </p>
    </Card>
  );
}

function StepItem({ step, isNext }: { step: FirstStep; isNext: boolean }) {
  const t = useTranslations();
  const { id, title, href, isDone } = step;
  const Icon = isDone ? CircleCheck : isNext ? CircleArrowRight : Circle;
  return (
    <li data-testid={`first-step-${id}`} data-done={isDone}>
      <Link
        href={href}
        className={clsx(
          "flex h-9 items-center gap-2 rounded-md border px-2.5 text-sm transition-colors hover:bg-sunken",
          isNext ? "border-accent font-medium" : "border-line text-ink-2",
        )}
      >
        <Icon
          size={16}
          aria-hidden
          className={clsx("shrink-0", isDone ? "text-good" : isNext ? "text-accent" : "text-ink-3")}
        />
        <span className="min-w-0 truncate">
          {title}
          <span className="sr-only">{isDone ? t("overview.done") : t("overview.toDo")}</span>
        </span>
      </Link>
    </li>
  );
}
