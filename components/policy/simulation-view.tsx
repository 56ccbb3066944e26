import { ArrowUpRight, Ban, Check, CircleDot, type LucideIcon, Waypoints, X } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { tell } from "@/components/api/tell";
import { AccessMark, accessNames } from "@/components/ui/access-mark";
import { Badge, type Tone } from "@/components/ui/badge";
import { Facts } from "@/components/ui/facts";
import { accessSchema } from "@/lib/contracts/access";
import type { Simulation } from "@/lib/contracts/policy-admin";
import type { Translate } from "@/lib/words/translate";
import { steeringNames } from "./prepare-class-facts";

const outcomes = (
  t: Translate,
): Record<Simulation["outcome"], { text: string; tone: Tone; icon: LucideIcon; color: string }> => ({
  "through-proxy": { text: t("simulator.throughTheProxy"), tone: "good", icon: Waypoints, color: "text-good" },
  direct: { text: t("simulator.direct"), tone: "neutral", icon: ArrowUpRight, color: "text-ink-2" },
  refused: { text: t("simulator.refused"), tone: "bad", icon: Ban, color: "text-bad" },
});

const results: Record<Simulation["trace"][number]["result"], { icon: LucideIcon; color: string }> = {
  pass: { icon: Check, color: "text-good" },
  refuse: { icon: X, color: "text-bad" },
  info: { icon: CircleDot, color: "text-ink-3" },
};

/** The outcome in a sentence, what it rests on, and every step. */
export function SimulationView({ simulation }: { simulation: Simulation }) {
  const t = useTranslations();
  const { outcome, sentence, told, trace } = simulation;
  const { text, tone, icon: Icon, color } = outcomes(t)[outcome];
  return (
    <div className="flex flex-col">
      <div role="status" className="flex items-start gap-3 px-4 pt-1 pb-4">
        <Icon size={20} aria-hidden className={`mt-0.5 shrink-0 ${color}`} />
        <div className="flex min-w-0 flex-col items-start gap-1.5">
          <p data-testid="sentence" className="break-words font-semibold text-lg">
            {tell(t, sentence, told)}
          </p>
          <Badge tone={tone}>{text}</Badge>
        </div>
      </div>
      <div className="border-line border-t px-4 py-3">
        <Facts facts={factsOf(t, simulation)} />
      </div>
      <section aria-label={t("simulator.steps")} className="border-line border-t px-4 py-3">
        <h3 className="pb-2 font-semibold text-sm">{t("simulator.everyStep")}</h3>
        <ol className="ml-2.5 flex flex-col">
          {trace.map(({ step, detail, result, told: stepTold }, index) => {
            const { icon: StepIcon, color: stepColor } = results[result];
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their place
              <li key={index} className="flex gap-3 border-line border-l pb-3 pl-4 last:pb-0">
                <span className="-ml-[1.5625rem] flex size-4.5 shrink-0 items-center justify-center rounded-full border border-line bg-surface">
                  <StepIcon size={11} aria-hidden className={stepColor} />
                </span>
                <div className="-mt-0.5 min-w-0 text-sm">
                  <p className="font-medium">
                    {tell(t, step, stepTold.step)} <span className="sr-only">{t(`simulator.${result}`)}</span>
                  </p>
                  <p className="break-words text-ink-2">{tell(t, detail, stepTold.detail)}</p>
                </div>
              </li>
            );
          })}
        </ol>
      </section>
    </div>
  );
}

function factsOf(t: Translate, { version, subscriber, accessNetwork, addresses }: Simulation): [string, ReactNode][] {
  const serviceClass = subscriber?.serviceClass ?? null;
  const access = accessSchema.safeParse(accessNetwork?.access);
  return [
    [
      t("simulator.policy"),
      version === null ? t("simulator.theDraft") : t("simulator.version", { version: String(version) }),
    ],
    [
      t("common.subscriber"),
      subscriber === null
        ? t("simulator.nobodyInParticular")
        : `${subscriber.id}, ${t(`simulator.${subscriber.state}`)}`,
    ],
    [
      t("common.serviceClass"),
      serviceClass === null ? "–" : `${serviceClass.name}, ${steeringNames(t)[serviceClass.steering].toLowerCase()}`,
    ],
    [
      t("simulator.accessNetwork"),
      accessNetwork === null ? (
        t("simulator.notAskedFor")
      ) : (
        <span key="access" className="inline-flex items-center gap-2">
          {access.success ? <AccessMark tone={access.data} /> : null}
          {access.success ? accessNames(t)[access.data] : accessNetwork.access}
          {accessNetwork.name === null ? "" : `, ${accessNetwork.name}`}
        </span>
      ),
    ],
    [t("simulator.addresses"), addresses.length === 0 ? t("common.none") : addresses.join(", ")],
  ];
}
