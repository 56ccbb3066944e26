"use client";

import { useQuery } from "@tanstack/react-query";
import { FlaskConical, Link2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { errorText, fieldTexts } from "@/components/api/error-text";
import { fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Page, PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { copyText } from "@/components/ui/copy-text";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useNotify } from "@/components/ui/toast";
import { simulationSchema } from "@/lib/contracts/policy-admin";
import { splitTarget } from "@/lib/shared/split-target";
import type { Translate } from "@/lib/words/translate";
import { readSimulatorForm, type SimulatorErrors, type SimulatorForm, simulatorHref } from "./prepare-simulator";
import { SimulationView } from "./simulation-view";
import { policyPaths } from "./use-policy";

const policies = (t: Translate) =>
  [
    { value: "in-force", label: t("simulator.inForce") },
    { value: "draft", label: t("simulator.draft") },
  ] as const;

function withTargetSplit(form: SimulatorForm): SimulatorForm {
  const { host, port } = splitTarget(form.host);
  return port === null ? form : { ...form, host, port };
}

/** "Subscriber X to host Y:port now": the decision, and every rule on the way. */
export function SimulatorPage({ initial }: { initial: SimulatorForm }) {
  const t = useTranslations();
  const notify = useNotify();
  const [form, setForm] = useState(initial);
  const [asked, setAsked] = useState<SimulatorForm | null>(initial.host === "" ? null : initial);
  const [isTried, setTried] = useState(false);
  const request = asked === null ? null : readSimulatorForm(t, asked).request;
  const simulation = useQuery({
    queryKey: queryKeys.simulation(JSON.stringify(request)),
    queryFn: ({ signal }) =>
      fetchJson(simulationSchema, policyPaths.simulate, { method: "POST", body: request, signal }),
    enabled: request !== null,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const { errors } = readSimulatorForm(t, form);
  const refused: SimulatorErrors = fieldTexts(t, simulation.error);
  const shown = isTried ? { ...refused, ...errors } : refused;
  const set = (change: Partial<SimulatorForm>) => setForm((before) => ({ ...before, ...change }));

  const ask = (next: SimulatorForm) => {
    setTried(true);
    if (readSimulatorForm(t, next).request === null) return;
    window.history.replaceState(null, "", simulatorHref(next));
    if (JSON.stringify(asked) === JSON.stringify(next)) simulation.refetch();
    setAsked(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const next = withTargetSplit(form);
    setForm(next);
    ask(next);
  };
  const share = async () => {
    if (asked === null) return;
    const isCopied = await copyText(new URL(simulatorHref(asked), window.location.origin).href);
    notify(
      isCopied ? { title: t("simulator.theLinkToThisQuestionIs") } : { tone: "bad", title: t("common.notCopied") },
    );
  };

  return (
    <Page>
      <PageHeader title={t("simulator.simulator")} />
      <div className="grid items-start gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <Card title={t("simulator.question")} note={t("simulator.whatWouldHappenNowWithoutSending")}>
          <form onSubmit={submit} noValidate className="flex flex-col gap-4">
            <Field
              label={t("simulator.host")}
              size="sm"
              placeholder="www.youtube.com"
              autoComplete="off"
              spellCheck={false}
              value={form.host}
              onChange={(event) => set({ host: event.target.value })}
              onBlur={() => setForm(withTargetSplit)}
              hint={t("simulator.aNameAnAddressOrA")}
              error={shown.host}
            />
            <Field
              label={t("simulator.port")}
              size="sm"
              inputMode="numeric"
              autoComplete="off"
              value={form.port}
              onChange={(event) => set({ port: event.target.value })}
              error={shown.port}
            />
            <Field
              label={t("simulator.subscriberOrDevice")}
              size="sm"
              placeholder={t("simulator.nobodyInParticular")}
              autoComplete="off"
              value={form.subscriber}
              onChange={(event) => set({ subscriber: event.target.value })}
              hint={t("simulator.numberInAnyWritingImsiSubscriber")}
              error={shown.subscriber}
            />
            <Field
              label={t("simulator.devicesAddress")}
              size="sm"
              placeholder={t("common.notKnown")}
              autoComplete="off"
              value={form.ueAddress}
              onChange={(event) => set({ ueAddress: event.target.value })}
              hint={t("simulator.namesItsAccessNetwork")}
              error={shown.ueAddress}
            />
            <div className="flex flex-col gap-1.5">
              <span className="font-medium text-sm">{t("simulator.policy")}</span>
              <Segmented
                label={t("simulator.policy")}
                value={form.policy}
                options={policies(t)}
                onValue={(policy) => {
                  set({ policy });
                  if (asked !== null) ask({ ...form, policy });
                }}
              />
            </div>
            <Button type="submit" variant="primary" disabled={simulation.isFetching}>
              {t("simulator.decide")}
            </Button>
          </form>
        </Card>
        <Card
          title={t("simulator.decision")}
          isFlush
          actions={
            simulation.data === undefined ? null : (
              <Button size="sm" onClick={share}>
                <Link2 size={14} aria-hidden />
                {t("common.copyLink")}
              </Button>
            )
          }
        >
          {request === null ? (
            <EmptyState icon={<FlaskConical size={20} aria-hidden />} title={t("simulator.askForAHost")}>
              {t("simulator.throughTheProxyDirectOrRefused")}
            </EmptyState>
          ) : null}
          {request !== null && simulation.isPending ? <TableSkeleton rows={5} /> : null}
          {simulation.isError ? (
            <ErrorState
              className="m-4 mt-1"
              title={t("simulator.thereIsNoDecision")}
              detail={errorText(t, simulation.error)}
              onRetry={() => simulation.refetch()}
            />
          ) : null}
          {simulation.data === undefined ? null : <SimulationView simulation={simulation.data} />}
        </Card>
      </div>
    </Page>
  );
}
