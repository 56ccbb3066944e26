import type { ServiceClassInput } from "../policy-input";
import { findRepeats, type PolicyFinding } from "./finding";

type Verdict = [severity: PolicyFinding["severity"], code: "bad-class" | "missing-class", message: string];

function shareVerdicts(serviceClass: ServiceClassInput): Verdict[] {
  const { steering, lteSharePercent, wifiSufficientMbps } = serviceClass;
  if (steering !== "lte-share")
    return lteSharePercent === null && wifiSufficientMbps === null
      ? []
      : [["warning", "bad-class", `LTE share settings have no effect in the mode ${steering}. Take them away.`]];
  const verdicts: Verdict[] = [];
  if (lteSharePercent === null)
    verdicts.push(["error", "bad-class", "The mode lte-share needs an LTE share. Set one between 0 and 100 %."]);
  else if (lteSharePercent < 0 || lteSharePercent > 100)
    verdicts.push([
      "error",
      "bad-class",
      `An LTE share of ${lteSharePercent} % cannot be. Set one between 0 and 100 %.`,
    ]);
  if (wifiSufficientMbps === 0)
    verdicts.push([
      "warning",
      "bad-class",
      "WiFi is always sufficient at 0 Mbit/s, so LTE is never used. Raise the rate, or leave it empty to use LTE always.",
    ]);
  return verdicts;
}

function capVerdicts({ lteRateKbps, totalRateKbps }: ServiceClassInput): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const [name, rate] of [
    ["LTE", lteRateKbps],
    ["total", totalRateKbps],
  ] as const)
    if (rate !== null && rate <= 0)
      verdicts.push([
        "error",
        "bad-class",
        `A ${name} rate cap of ${rate} kbit/s lets nothing through. Raise it, or leave it empty for no cap.`,
      ]);
  if (lteRateKbps !== null && totalRateKbps !== null && lteRateKbps > totalRateKbps)
    verdicts.push([
      "warning",
      "bad-class",
      `The LTE cap (${lteRateKbps} kbit/s) lies above the total cap (${totalRateKbps} kbit/s) and is never reached. Lower it, or leave it empty.`,
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
    return whenQuotaReached === null
      ? []
      : [
          [
            "warning",
            "bad-class",
            "A class for when the quota is reached has no effect without a quota. Set one, or take the class away.",
          ],
        ];
  if (whenQuotaReached === null)
    return [
      [
        "error",
        "bad-class",
        "The quota has no effect: choose the class that follows when it is reached, or take the quota away.",
      ],
    ];
  const next = byId.get(whenQuotaReached);
  if (next === undefined)
    return [
      [
        "error",
        "missing-class",
        `There is no class "${whenQuotaReached}" to follow when the quota is reached. Choose another one.`,
      ],
    ];
  const loop = quotaLoop(serviceClass, byId);
  if (loop !== null)
    return [
      [
        "error",
        "missing-class",
        `The classes that follow when quotas are reached go round: ${loop}. End the chain in a class that has no quota.`,
      ],
    ];
  if (next.lteQuotaBytes !== null && next.lteQuotaBytes <= lteQuotaBytes)
    return [
      [
        "warning",
        "bad-class",
        `"${next.name}" follows when the quota is reached, but its own quota is not above this one: it is passed over at once. Raise its quota, or choose another class.`,
      ],
    ];
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
    for (const [severity, code, message] of verdicts)
      findings.push({ ...common, id: serviceClass.id, severity, code, message: `"${serviceClass.name}": ${message}` });
  }
  return findings;
}
