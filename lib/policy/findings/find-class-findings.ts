import type { Said } from "@/lib/shared/said";
import type { ServiceClassInput } from "../policy-input";
import { say } from "../sentences";
import { findRepeats, type PolicyFinding, sentenceOf } from "./finding";

type Verdict = [severity: PolicyFinding["severity"], code: "bad-class" | "missing-class", what: Said];

function shareVerdicts(serviceClass: ServiceClassInput): Verdict[] {
  const { steering, lteSharePercent, wifiSufficientMbps } = serviceClass;
  if (steering !== "lte-share")
    return lteSharePercent === null && wifiSufficientMbps === null
      ? []
      : [["warning", "bad-class", say("shareWithoutEffect", { steering })]];
  const verdicts: Verdict[] = [];
  if (lteSharePercent === null) verdicts.push(["error", "bad-class", say("shareMissing")]);
  else if (lteSharePercent < 0 || lteSharePercent > 100)
    verdicts.push(["error", "bad-class", say("shareOutOfRange", { percent: lteSharePercent })]);
  if (wifiSufficientMbps === 0) verdicts.push(["warning", "bad-class", say("wifiAlwaysSuffices")]);
  return verdicts;
}

function capVerdicts({ lteRateKbps, totalRateKbps }: ServiceClassInput): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const [code, rate] of [
    ["lteCapTooLow", lteRateKbps],
    ["totalCapTooLow", totalRateKbps],
  ] as const)
    if (rate !== null && rate <= 0) verdicts.push(["error", "bad-class", say(code, { rate })]);
  if (lteRateKbps !== null && totalRateKbps !== null && lteRateKbps > totalRateKbps)
    verdicts.push([
      "warning",
      "bad-class",
      say("lteCapAboveTotal", { lteRate: lteRateKbps, totalRate: totalRateKbps }),
    ]);
  return verdicts;
}

/** The classes that follow one another, as names, where the chain comes back to where it started; null where not. */
function quotaLoop(start: ServiceClassInput, byId: ReadonlyMap<string, ServiceClassInput>): string | null {
  const names = [start.name];
  const passed = new Set([start.id]);
  let next = byId.get(start.whenQuotaReached ?? "");
  while (next !== undefined && !passed.has(next.id)) {
    passed.add(next.id);
    names.push(next.name);
    next = byId.get(next.whenQuotaReached ?? "");
  }
  return next === start ? [...names, start.name].join(" → ") : null;
}

function quotaVerdicts(serviceClass: ServiceClassInput, byId: ReadonlyMap<string, ServiceClassInput>): Verdict[] {
  const { lteQuotaBytes, whenQuotaReached } = serviceClass;
  if (lteQuotaBytes === null)
    return whenQuotaReached === null ? [] : [["warning", "bad-class", say("nextClassWithoutQuota")]];
  if (whenQuotaReached === null) return [["error", "bad-class", say("quotaWithoutNextClass")]];
  const next = byId.get(whenQuotaReached);
  if (next === undefined) return [["error", "missing-class", say("nextClassMissing", { id: whenQuotaReached })]];
  const loop = quotaLoop(serviceClass, byId);
  if (loop !== null) return [["error", "missing-class", say("quotaLoop", { loop })]];
  if (next.lteQuotaBytes !== null && next.lteQuotaBytes <= lteQuotaBytes)
    return [["warning", "bad-class", say("nextClassPassedOver", { next: next.name })]];
  return [];
}

/** What is wrong with the service classes of a policy; linear but for chains of quota classes. */
export function findClassFindings(serviceClasses: readonly ServiceClassInput[]): PolicyFinding[] {
  const byId = new Map(serviceClasses.map((serviceClass) => [serviceClass.id, serviceClass]));
  const common = { collection: "service-class" as const, rule: null };
  const findings: PolicyFinding[] = findRepeats(serviceClasses).map((repeat) => ({
    ...common,
    ...repeat,
    code: "bad-class",
  }));
  for (const serviceClass of serviceClasses) {
    const verdicts = [
      ...shareVerdicts(serviceClass),
      ...capVerdicts(serviceClass),
      ...quotaVerdicts(serviceClass, byId),
    ];
    const { id, name } = serviceClass;
    for (const [severity, code, what] of verdicts)
      findings.push({ ...common, id, severity, code, ...sentenceOf(say("inClass", { name, what })) });
  }
  return findings;
}
