import type { Access } from "@/lib/contracts/access";
import type { Verdict } from "@/lib/contracts/support";
import { formatBitRate, formatBytes } from "@/lib/shared/units";
import { percent, say, verdict } from "./said";
import type { SessionFacts, VerdictFacts } from "./verdict-facts";
import { accessOf, bytesOver, other, staleAccess, sumOver, used } from "./weigh-sessions";

/** An agent that runs is heard of once a minute. */
const agentSilentMs = 150_000;
/** Less is over before a second path can help. */
const shortBytes = 500_000;
/** Sessions that are looked at: those that run, or else the last few. */
const lookedAt = 10;
/** Of the class's cap. */
const nearCap = 0.9;
type Rule = (facts: VerdictFacts, seen: readonly SessionFacts[]) => Verdict | null;

const suspended: Rule = ({ subscriber }) =>
  subscriber.state === "suspended"
    ? verdict("subscriber-suspended", "bad", say("subscriberSuspended"), say("endTheSuspension"), [
        say("agentGoesDirect"),
      ])
    : null;

const notWhiteListed: Rule = ({ destination }) =>
  destination === null || destination.isThroughProxy
    ? null
    : verdict(
        "not-white-listed",
        "neutral",
        say("notWhiteListed", {
          destination: destination.text,
        }),
        say("tellOnePath"),
        [destination.said],
      );

const noDevice: Rule = ({ deviceSilencesMs }) =>
  deviceSilencesMs.length === 0 ? verdict("no-device", "bad", say("noDevice"), say("makeCode")) : null;

const agentOffline: Rule = ({ deviceSilencesMs, sessions }) => {
  const heard = deviceSilencesMs.filter((silence) => silence !== null);
  const latestMs = heard.length === 0 ? null : Math.min(...heard);
  if (sessions.some(({ isRunning }) => isRunning) || (latestMs !== null && latestMs < agentSilentMs)) return null;
  const minutes = latestMs === null ? null : Math.round(latestMs / 60_000);
  return verdict(
    "agent-offline",
    "bad",
    say("agentOffline", {
      isKnown: minutes === null ? "no" : "yes",
      minutes: minutes ?? 0,
    }),
    say("startAgent"),
    [
      say("devicesEnrolled", {
        devices: deviceSilencesMs.length,
      }),
    ],
  );
};

const noTraffic: Rule = (_facts, seen) =>
  seen.length === 0 ? verdict("no-traffic", "neutral", say("noTraffic"), say("useService")) : null;

const draining: Rule = (_facts, seen) => {
  const moved = seen.filter(({ isRunning, isNodeDraining }) => isRunning && isNodeDraining);
  const [first] = moved;
  return first === undefined
    ? null
    : verdict(
        "node-draining",
        "bad",
        say("nodeDraining", {
          node: first.nodeName,
        }),
        say("tellOperations"),
        [
          say("sessionsRunThere", {
            hit: moved.length,
            seen: seen.length,
          }),
        ],
      );
};

/** A proxy cannot tell a device that does not ask from a network that takes the question away; its other sessions can. */
const stripped: Rule = ({ hasSpokenMptcp }, seen) => {
  const hit = seen.filter(({ transport }) => transport === "tcp-fallback" || (transport === "tcp" && hasSpokenMptcp));
  if (hit.length === 0 || 2 * hit.length < seen.length) return null;
  const marks = hit.map(({ events, paths }) => {
    const told = events.filter(({ kind }) => kind === "fallback");
    return { access: accessOf(told) ?? accessOf(paths) };
  });
  const access = accessOf(marks);
  const remedy = access === "wifi" ? say("tryAnotherWifi") : say("tellCoreNetwork");
  return verdict(
    "options-stripped",
    "bad",
    say("optionsStripped", { access: access ?? "none", hit: hit.length, seen: seen.length }),
    remedy,
    [say("plainTcpWorks"), hasSpokenMptcp ? say("hasSpokenMptcp") : null],
  );
};

const notAsked: Rule = (_facts, seen) => {
  const plain = seen.filter(({ transport }) => transport === "tcp");
  return 2 * plain.length <= seen.length
    ? null
    : verdict(
        "mptcp-not-asked",
        "bad",
        say("mptcpNotAsked", { hit: plain.length, seen: seen.length }),
        say("askForModel"),
      );
};

const pathStale: Rule = (_facts, seen) => {
  const hit = seen.flatMap((session) => {
    const access = staleAccess(session);
    return access === null ? [] : [{ access }];
  });
  const access = accessOf(hit);
  return access === null
    ? null
    : verdict(
        "path-stale",
        "bad",
        say("pathStale", { access, other: other(access) }),
        access === "wifi" ? say("moveNearer") : say("askForPlace"),
        [say("sessionsStalled", { hit: hit.length, seen: seen.length })],
      );
};

const joinRefused: Rule = (_facts, seen) => {
  const hit = seen.flatMap(({ events }) => events.filter(({ cause }) => cause === "join-refused"));
  const access = accessOf(hit);
  return hit.length === 0
    ? null
    : verdict("join-refused", "bad", say("joinRefused", { access: access ?? "none" }), say("tryAnotherWifiJoin"), [
        say("joinsRefused", { hit: hit.length }),
      ]);
};

const quotaReached: Rule = ({ subscriber, serviceClass }) =>
  subscriber.isQuotaReached
    ? verdict(
        "quota-reached",
        "neutral",
        say("quotaReached", { isKnown: serviceClass === null ? "no" : "yes", className: serviceClass?.name ?? "" }),
        say("offerLargerClass"),
      )
    : null;

const capReached: Rule = ({ serviceClass, bitsPerSecond }) => {
  const cap = serviceClass?.totalRateKbps ?? null;
  if (cap === null || bitsPerSecond === null || bitsPerSecond < nearCap * cap * 1000) return null;
  return verdict(
    "class-cap-reached",
    "neutral",
    say("capReached", {
      className: serviceClass?.name ?? "",
      rate: formatBitRate(cap * 1000),
    }),
    say("offerHigherCap"),
    [say("rateNow", { rate: formatBitRate(bitsPerSecond) })],
  );
};

const backup: Rule = ({ serviceClass }, seen) =>
  serviceClass?.steering === "wifi-first" && used(seen, "wifi") && !used(seen, "lte")
    ? verdict(
        "backup-by-policy",
        "neutral",
        say("backupByPolicy", {
          className: serviceClass.name,
        }),
        say("offerBothPaths"),
        [say("lteStandsBy")],
      )
    : null;

const wifiSuffices: Rule = ({ serviceClass }, seen) =>
  serviceClass?.steering === "lte-share" && used(seen, "wifi") && !used(seen, "lte")
    ? verdict("wifi-suffices", "good", say("wifiSuffices"), say("lteHelpsLater"), [
        say("classAllows", {
          className: serviceClass.name,
          share: percent(serviceClass.lteSharePercent ?? 0),
        }),
      ])
    : null;

const tooShort: Rule = (_facts, seen) =>
  seen.every((session) => bytesOver(session) < shortBytes && session.paths.length < 2)
    ? verdict("flow-too-short", "neutral", say("flowTooShort"), say("askForLarger"), [
        say("largestOf", {
          seen: seen.length,
          bytes: formatBytes(Math.max(...seen.map((one) => bytesOver(one)))),
        }),
      ])
    : null;

const oneAccess: Rule = (_facts, seen) => {
  const missing = (["wifi", "lte"] as const).find((access) => used(seen, other(access)) && !used(seen, access));
  if (missing === undefined) return null;
  const hasPath = seen.some(({ paths }) => paths.some(({ access, isOpen }) => access === missing && isOpen));
  return verdict(
    "one-access-only",
    "bad",
    hasPath
      ? say("hardlyUsed", {
          access: missing,
        })
      : say("oneAccessOnly", {
          access: other(missing),
        }),
    missing === "wifi" ? say("turnWifiOn") : say("turnMobileOn"),
    [
      say("accessCarried", {
        access: other(missing),
        bytes: formatBytes(sumOver(seen, other(missing))),
      }),
    ],
  );
};

function aggregating({ bitsPerSecond }: VerdictFacts, seen: readonly SessionFacts[]): Verdict {
  const total = sumOver(seen);
  const share = (access: Access): string => percent((100 * sumOver(seen, access)) / Math.max(1, total));
  return verdict(
    "aggregating",
    "good",
    say("aggregating", {
      wifi: share("wifi"),
      lte: share("lte"),
    }),
    say("askWhichService"),
    [
      bitsPerSecond === null ? null : say("rateNow", { rate: formatBitRate(bitsPerSecond) }),
      say("sessionsSeen", { seen: seen.length }),
    ],
  );
}

/** The first that applies is the verdict: what keeps everything from working comes first, what is meant to be so last. */
const rules: readonly Rule[] = [
  suspended,
  notWhiteListed,
  noDevice,
  agentOffline,
  noTraffic,
  draining,
  stripped,
  notAsked,
  pathStale,
  joinRefused,
  quotaReached,
  capReached,
  backup,
  wifiSuffices,
  tooShort,
  oneAccess,
];

/** Why the subscriber's traffic is as it is, what shows it, and what to do next. Pure. */
export function decideVerdict(facts: VerdictFacts): Verdict {
  const running = facts.sessions.filter(({ isRunning }) => isRunning);
  const seen = (running.length > 0 ? running : facts.sessions).slice(0, lookedAt);
  for (const rule of rules) {
    const found = rule(facts, seen);
    if (found !== null) return found;
  }
  return aggregating(facts, seen);
}
