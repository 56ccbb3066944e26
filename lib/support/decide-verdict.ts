import type { Access } from "@/lib/contracts/access";
import type { Verdict } from "@/lib/contracts/support";
import { formatBitRate, formatBytes } from "@/lib/shared/units";
import { count, percent, say, verdict } from "./said";
import type { SessionFacts, VerdictFacts } from "./verdict-facts";
import { accessOf, bytesOver, names, other, staleAccess, sumOver, used } from "./weigh-sessions";

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
    ? verdict(
        "subscriber-suspended",
        "bad",
        say("subscriberSuspended", "Not served: the subscriber is suspended."),
        say("endTheSuspension", "If the suspension is over, ask an operator to make the subscriber active again."),
        [say("agentGoesDirect", "The agent sends everything the normal way, and the proxy refuses its connections.")],
      )
    : null;

const notWhiteListed: Rule = ({ destination }) =>
  destination === null || destination.isThroughProxy
    ? null
    : verdict(
        "not-white-listed",
        "neutral",
        say("notWhiteListed", `Not aggregating ${destination.text}: it does not go through the proxy.`, {
          destination: destination.text,
        }),
        say(
          "tellOnePath",
          "Tell the customer that this service uses one path. Ask the policy team if it should be on a white-list.",
        ),
        [destination.sentence],
      );

const noDevice: Rule = ({ deviceSilencesMs }) =>
  deviceSilencesMs.length === 0
    ? verdict(
        "no-device",
        "bad",
        say("noDevice", "Not aggregating: the subscriber has no enrolled device."),
        say("makeCode", "Make an enrolment code on the subscriber's page, and let the customer enter it in the agent."),
      )
    : null;

const agentOffline: Rule = ({ deviceSilencesMs, sessions }) => {
  const heard = deviceSilencesMs.filter((silence) => silence !== null);
  const latestMs = heard.length === 0 ? null : Math.min(...heard);
  if (sessions.some(({ isRunning }) => isRunning) || (latestMs !== null && latestMs < agentSilentMs)) return null;
  const minutes = latestMs === null ? null : Math.round(latestMs / 60_000);
  const since = minutes === null ? "never" : `${count(minutes, "minute")} ago`;
  return verdict(
    "agent-offline",
    "bad",
    say("agentOffline", `Not aggregating: the agent on the device is off (last heard of ${since}).`, {
      isKnown: minutes === null ? "no" : "yes",
      minutes: minutes ?? 0,
    }),
    say("startAgent", "Ask the customer to start the agent, and to check that the phone is online."),
    [
      say("devicesEnrolled", `${count(deviceSilencesMs.length, "device")} enrolled, no session runs.`, {
        devices: deviceSilencesMs.length,
      }),
    ],
  );
};

const noTraffic: Rule = (_facts, seen) =>
  seen.length === 0
    ? verdict(
        "no-traffic",
        "neutral",
        say(
          "noTraffic",
          "Nothing to judge: the agent is there, and no white-listed service was used in the last hour.",
        ),
        say("useService", "Ask the customer to use the service now, then look again."),
      )
    : null;

const draining: Rule = (_facts, seen) => {
  const moved = seen.filter(({ isRunning, isNodeDraining }) => isRunning && isNodeDraining);
  const [first] = moved;
  return first === undefined
    ? null
    : verdict(
        "node-draining",
        "bad",
        say("nodeDraining", `The proxy ${first.nodeName} is being drained: it takes no new sessions.`, {
          node: first.nodeName,
        }),
        say(
          "tellOperations",
          "Nothing for the customer to do; tell operations if it lasts. Running sessions go on to their end.",
        ),
        [
          say("sessionsRunThere", `${moved.length} of ${count(seen.length, "session")} still run there.`, {
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
  const where = access === null ? "the network" : `the ${names[access]} network`;
  const remedy =
    access === "wifi"
      ? say("tryAnotherWifi", "Ask the customer to try another WiFi.")
      : say("tellCoreNetwork", "Pass it on to the core network team: a middlebox on this access touches TCP options.");
  return verdict(
    "options-stripped",
    "bad",
    say(
      "optionsStripped",
      `Not aggregating: ${where} strips MPTCP (${hit.length} of ${count(seen.length, "session")} fell back to plain TCP).`,
      { access: access ?? "none", hit: hit.length, seen: seen.length },
    ),
    remedy,
    [
      say("plainTcpWorks", "These sessions work, on one path, as plain TCP."),
      hasSpokenMptcp ? say("hasSpokenMptcp", "The device has spoken MPTCP with the proxy before.") : null,
    ],
  );
};

const notAsked: Rule = (_facts, seen) => {
  const plain = seen.filter(({ transport }) => transport === "tcp");
  return 2 * plain.length <= seen.length
    ? null
    : verdict(
        "mptcp-not-asked",
        "bad",
        say(
          "mptcpNotAsked",
          `Not aggregating: the device never asked for MPTCP (${plain.length} of ${count(seen.length, "session")}).`,
          { hit: plain.length, seen: seen.length },
        ),
        say(
          "askForModel",
          "Ask for the device's model and system: its kernel needs MPTCP, and it must use the agent rather than the proxy's address.",
        ),
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
        say(
          "pathStale",
          `Not aggregating: ${names[access]} fell silent, and its data moved to ${names[other(access)]}.`,
          { access, other: other(access) },
        ),
        access === "wifi"
          ? say("moveNearer", "Ask the customer to move nearer to the access point, or to use another WiFi.")
          : say("askForPlace", "Ask for the place and look at the cell's state; WiFi carries all until LTE answers."),
        [
          say(
            "sessionsStalled",
            `${hit.length} of ${count(seen.length, "session")} had a path that stalled and has not come back.`,
            { hit: hit.length, seen: seen.length },
          ),
        ],
      );
};

const joinRefused: Rule = (_facts, seen) => {
  const hit = seen.flatMap(({ events }) => events.filter(({ cause }) => cause === "join-refused"));
  const access = accessOf(hit);
  return hit.length === 0
    ? null
    : verdict(
        "join-refused",
        "bad",
        say(
          "joinRefused",
          `Not aggregating: the second path${access === null ? "" : ` over ${names[access]}`} was refused.`,
          { access: access ?? "none" },
        ),
        say(
          "tryAnotherWifiJoin",
          "Ask the customer to try another WiFi; if it stays, pass it on: something on the way refuses joins.",
        ),
        [say("joinsRefused", `${count(hit.length, "join")} refused.`, { hit: hit.length })],
      );
};

const quotaReached: Rule = ({ subscriber, serviceClass }) =>
  subscriber.isQuotaReached
    ? verdict(
        "quota-reached",
        "neutral",
        say(
          "quotaReached",
          `Slower as agreed: this month's LTE quota is used up, so ${serviceClass?.name ?? "another class"} is in force.`,
          { isKnown: serviceClass === null ? "no" : "yes", className: serviceClass?.name ?? "" },
        ),
        say("offerLargerClass", "Tell the customer when the month ends (UTC), or offer a larger class."),
      )
    : null;

const capReached: Rule = ({ serviceClass, bitsPerSecond }) => {
  const cap = serviceClass?.totalRateKbps ?? null;
  if (cap === null || bitsPerSecond === null || bitsPerSecond < nearCap * cap * 1000) return null;
  return verdict(
    "class-cap-reached",
    "neutral",
    say("capReached", `As fast as the class allows: ${serviceClass?.name} is capped at ${formatBitRate(cap * 1000)}.`, {
      className: serviceClass?.name ?? "",
      rate: formatBitRate(cap * 1000),
    }),
    say("offerHigherCap", "Offer a class with a higher cap."),
    [say("rateNow", `${formatBitRate(bitsPerSecond)} now.`, { rate: formatBitRate(bitsPerSecond) })],
  );
};

const backup: Rule = ({ serviceClass }, seen) =>
  serviceClass?.steering === "wifi-first" && used(seen, "wifi") && !used(seen, "lte")
    ? verdict(
        "backup-by-policy",
        "neutral",
        say("backupByPolicy", `Not aggregating, as meant: ${serviceClass.name} uses LTE only while WiFi is away.`, {
          className: serviceClass.name,
        }),
        say("offerBothPaths", "Offer a class that uses both paths."),
        [say("lteStandsBy", "LTE stands by, and takes over when WiFi fails.")],
      )
    : null;

const wifiSuffices: Rule = ({ serviceClass }, seen) =>
  serviceClass?.steering === "lte-share" && used(seen, "wifi") && !used(seen, "lte")
    ? verdict(
        "wifi-suffices",
        "good",
        say("wifiSuffices", "As meant: WiFi alone does what is asked for, and LTE is spared."),
        say("lteHelpsLater", "Nothing to do. LTE helps as soon as WiFi does not suffice."),
        [
          say(
            "classAllows",
            `${serviceClass.name} allows LTE ${percent(serviceClass.lteSharePercent ?? 0)} of the bytes.`,
            {
              className: serviceClass.name,
              share: percent(serviceClass.lteSharePercent ?? 0),
            },
          ),
        ],
      )
    : null;

const tooShort: Rule = (_facts, seen) =>
  seen.every((session) => bytesOver(session) < shortBytes && session.paths.length < 2)
    ? verdict(
        "flow-too-short",
        "neutral",
        say("flowTooShort", "Nothing to aggregate: the transfers are over before a second path can help."),
        say("askForLarger", "Ask for a larger download, a video for example, and look again."),
        [
          say(
            "largestOf",
            `The largest of the last ${seen.length} was ${formatBytes(Math.max(...seen.map((one) => bytesOver(one))))}.`,
            {
              seen: seen.length,
              bytes: formatBytes(Math.max(...seen.map((one) => bytesOver(one)))),
            },
          ),
        ],
      )
    : null;

const oneAccess: Rule = (_facts, seen) => {
  const missing = (["wifi", "lte"] as const).find((access) => used(seen, other(access)) && !used(seen, access));
  if (missing === undefined) return null;
  const hasPath = seen.some(({ paths }) => paths.some(({ access, isOpen }) => access === missing && isOpen));
  return verdict(
    "one-access-only",
    "bad",
    hasPath
      ? say("hardlyUsed", `Hardly aggregating: ${names[missing]} is joined and carries almost nothing.`, {
          access: missing,
        })
      : say("oneAccessOnly", `Not aggregating: the device has ${names[other(missing)]} only.`, {
          access: other(missing),
        }),
    missing === "wifi"
      ? say("turnWifiOn", "Ask the customer to turn WiFi on and join a network.")
      : say("turnMobileOn", "Ask the customer to turn mobile data on."),
    [
      say("accessCarried", `${names[other(missing)]} carried ${formatBytes(sumOver(seen, other(missing)))} lately.`, {
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
    say("aggregating", `Aggregating: WiFi carries ${share("wifi")}, LTE ${share("lte")}.`, {
      wifi: share("wifi"),
      lte: share("lte"),
    }),
    say(
      "askWhichService",
      "Nothing to do on the network's side. If it is slow all the same, ask which service, and give it as destination.",
    ),
    [
      bitsPerSecond === null
        ? null
        : say("rateNow", `${formatBitRate(bitsPerSecond)} now.`, { rate: formatBitRate(bitsPerSecond) }),
      say("sessionsSeen", `${count(seen.length, "session")} looked at.`, { seen: seen.length }),
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
