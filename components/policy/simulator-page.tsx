"use client";

import { useQuery } from "@tanstack/react-query";
import { FlaskConical, Link2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { ApiProblem, fetchJson } from "@/components/api/fetch-json";
import { queryKeys } from "@/components/api/query-keys";
import { Page, PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Field } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { TableSkeleton } from "@/components/ui/table-skeleton";
import { useNotify } from "@/components/ui/toast";
import { simulationSchema } from "@/lib/contracts/policy-admin";
import { splitTarget } from "@/lib/shared/split-target";
import { readSimulatorForm, type SimulatorErrors, type SimulatorForm, simulatorHref } from "./prepare-simulator";
import { SimulationView } from "./simulation-view";
import { policyPaths } from "./use-policy";

const policies = [
  { value: "in-force", label: "In force" },
  { value: "draft", label: "Draft" },
] as const;

function withTargetSplit(form: SimulatorForm): SimulatorForm {
  const { host, port } = splitTarget(form.host);
  return port === null ? form : { ...form, host, port };
}

/** "Subscriber X to host Y:port now": the decision, and every rule on the way. */
export function SimulatorPage({ initial }: { initial: SimulatorForm }) {
  const notify = useNotify();
  const [form, setForm] = useState(initial);
  const [asked, setAsked] = useState<SimulatorForm | null>(initial.host === "" ? null : initial);
  const [isTried, setTried] = useState(false);
  const request = asked === null ? null : readSimulatorForm(asked).request;
  const simulation = useQuery({
    queryKey: queryKeys.simulation(JSON.stringify(request)),
    queryFn: ({ signal }) =>
      fetchJson(simulationSchema, policyPaths.simulate, { method: "POST", body: request, signal }),
    enabled: request !== null,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const { errors } = readSimulatorForm(form);
  const refused: SimulatorErrors = simulation.error instanceof ApiProblem ? simulation.error.fields : {};
  const shown = isTried ? { ...refused, ...errors } : refused;
  const set = (change: Partial<SimulatorForm>) => setForm((before) => ({ ...before, ...change }));

  const ask = (next: SimulatorForm) => {
    setTried(true);
    if (readSimulatorForm(next).request === null) return;
    window.history.replaceState(null, "", simulatorHref(next));
    if (asked !== null && simulatorHref(asked) === simulatorHref(next)) simulation.refetch();
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
    await navigator.clipboard.writeText(new URL(simulatorHref(asked), window.location.origin).href);
    notify({ title: "The link to this question is copied" });
  };

  return (
    <Page>
      <PageHeader title="Simulator" />
      <div className="grid items-start gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <Card title="Question" note="What would happen now, without sending anything.">
          <form onSubmit={submit} noValidate className="flex flex-col gap-4">
            <Field
              label="Host"
              size="sm"
              placeholder="www.youtube.com"
              autoComplete="off"
              spellCheck={false}
              value={form.host}
              onChange={(event) => set({ host: event.target.value })}
              onBlur={() => setForm(withTargetSplit)}
              hint="A name, an address, or a URL."
              error={shown.host}
            />
            <Field
              label="Port"
              size="sm"
              inputMode="numeric"
              autoComplete="off"
              value={form.port}
              onChange={(event) => set({ port: event.target.value })}
              error={shown.port}
            />
            <Field
              label="Subscriber or device"
              size="sm"
              placeholder="nobody in particular"
              autoComplete="off"
              value={form.subscriber}
              onChange={(event) => set({ subscriber: event.target.value })}
              hint="Number in any writing, IMSI, subscriber id or device id."
              error={shown.subscriber}
            />
            <Field
              label="Device's address"
              size="sm"
              placeholder="not known"
              autoComplete="off"
              value={form.ueAddress}
              onChange={(event) => set({ ueAddress: event.target.value })}
              hint="Names its access network."
              error={shown.ueAddress}
            />
            <div className="flex flex-col gap-1.5">
              <span className="font-medium text-sm">Policy</span>
              <Segmented
                label="Policy"
                value={form.policy}
                options={policies}
                onValue={(policy) => {
                  set({ policy });
                  if (asked !== null) ask({ ...form, policy });
                }}
              />
            </div>
            <Button type="submit" variant="primary" disabled={simulation.isFetching}>
              Decide
            </Button>
          </form>
        </Card>
        <Card
          title="Decision"
          isFlush
          actions={
            simulation.data === undefined ? null : (
              <Button size="sm" onClick={share}>
                <Link2 size={14} aria-hidden />
                Copy link
              </Button>
            )
          }
        >
          {request === null ? (
            <EmptyState icon={<FlaskConical size={20} aria-hidden />} title="Ask for a host">
              Through the proxy, direct, or refused; with every step of the decision.
            </EmptyState>
          ) : null}
          {request !== null && simulation.isPending ? <TableSkeleton rows={5} /> : null}
          {simulation.isError ? (
            <ErrorState
              className="m-4 mt-1"
              title="There is no decision"
              detail={simulation.error.message}
              onRetry={() => simulation.refetch()}
            />
          ) : null}
          {simulation.data === undefined ? null : <SimulationView simulation={simulation.data} />}
        </Card>
      </div>
    </Page>
  );
}
