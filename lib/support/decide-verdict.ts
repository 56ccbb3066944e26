import type { Access } from "@/lib/contracts/access";
import type { Verdict, VerdictCause } from "@/lib/contracts/support";
import { formatBitRate, formatBytes } from "@/lib/shared/units";
import type { SessionFacts, VerdictFacts } from "./verdict-facts";

/** An agent that runs is heard of once a minute. */
const agentSilentMs = 150_000;
/** Less is over before a second path can help. */
const shortBytes = 500_000;
/** Sessions that are looked at: those that run, or else the last few. */
const lookedAt = 10;
/** Of the class's cap. */
const nearCap = 0.9;
/** A path that carries less does not count as used. */
const usedShare = 0.02;

const names: Record<Access, string> = { lte: "LTE", wifi: "WiFi", other: "another access" };

type Rule = (facts: VerdictFacts, seen: readonly SessionFacts[]) => Verdict | null;

function verdict(
  cause: VerdictCause,
  tone: Verdict["tone"],
  sentence: string,
  action: string,
  evidence: readonly (string | null)[] = [],
): Verdict {
  return { cause, tone, sentence, action, evidence: evidence.filter((line) => line !== null) };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function percent(share: number): string {
  return `${Math.round(share)}\u00a0%`;
}

function bytesOver(session: SessionFacts, access?: Access): number {
  const paths = session.paths.filter((path) => access === undefined || path.access === access);
  return paths.reduce((sum, { bytes }) => sum + bytes, 0);
}

function sumOver(sessions: readonly SessionFacts[], access?: Access): number {
  return sessions.reduce((sum, session) => sum + bytesOver(session, access), 0);
}

/** The access of most of the events, for a sentence that names one. */
function accessOf(events: readonly { access: Access | null }[]): Access | null {
  const counts = new Map<Access, number>();
  for (const { access } of events) if (access !== null) counts.set(access, (counts.get(access) ?? 0) + 1);
  const [most] = [...counts].sort((one, other) => other[1] - one[1]);
  return most?.[0] ?? null;
}

const other = (access: Access): Access => (access === "lte" ? "wifi" : "lte");

const suspended: Rule = ({ subscriber }) =>
  subscriber.state === "suspended"
    ? verdict(
        "subscriber-suspended",
        "bad",
        "Not served: the subscriber is suspended.",
        "If the suspension is over, ask an operator to make the subscriber active again.",
        ["The agent sends everything the normal way, and the proxy refuses its connections."],
      )
    : null;

const notWhiteListed: Rule = ({ destination }) =>
  destination === null || destination.isThroughProxy
    ? null
    : verdict(
        "not-white-listed",
        "neutral",
        `Not aggregating ${destination.text}: it does not go through the proxy.`,
        "Tell the customer that this service uses one path. Ask the policy team if it should be on a white-list.",
        [destination.sentence],
      );

const noDevice: Rule = ({ deviceSilencesMs }) =>
  deviceSilencesMs.length === 0
    ? verdict(
        "no-device",
        "bad",
        "Not aggregating: the subscriber has no enrolled device.",
        "Make an enrolment code on the subscriber's page, and let the customer enter it in the agent.",
      )
    : null;

const agentOffline: Rule = ({ deviceSilencesMs, sessions }) => {
  const heard = deviceSilencesMs.filter((silence) => silence !== null);
  const latestMs = heard.length === 0 ? null : Math.min(...heard);
  if (sessions.some(({ isRunning }) => isRunning) || (latestMs !== null && latestMs < agentSilentMs)) return null;
  const since = latestMs === null ? "never" : `${count(Math.round(latestMs / 60_000), "minute")} ago`;
  return verdict(
    "agent-offline",
    "bad",
    `Not aggregating: the agent on the device is off (last heard of ${since}).`,
    "Ask the customer to start the agent, and to check that the phone is online.",
    [`${count(deviceSilencesMs.length, "device")} enrolled, no session runs.`],
  );
};

const noTraffic: Rule = (_facts, seen) =>
  seen.length === 0
    ? verdict(
        "no-traffic",
        "neutral",
        "Nothing to judge: the agent is there, and no white-listed service was used in the last hour.",
        "Ask the customer to use the service now, then look again.",
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
        `The proxy ${first.nodeName} is being drained: it takes no new sessions.`,
        "Nothing for the customer to do; tell operations if it lasts. Running sessions go on to their end.",
        [`${moved.length} of ${count(seen.length, "session")} still run there.`],
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
      ? "Ask the customer to try another WiFi."
      : "Pass it on to the core network team: a middlebox on this access touches TCP options.";
  return verdict(
    "options-stripped",
    "bad",
    `Not aggregating: ${where} strips MPTCP (${hit.length} of ${count(seen.length, "session")} fell back to plain TCP).`,
    remedy,
    [
      "These sessions work, on one path, as plain TCP.",
      hasSpokenMptcp ? "The device has spoken MPTCP with the proxy before." : null,
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
        `Not aggregating: the device never asked for MPTCP (${plain.length} of ${count(seen.length, "session")}).`,
        "Ask for the device's model and system: its kernel needs MPTCP, and it must use the agent rather than the proxy's address.",
      );
};

/** Per session: the access that was left for dead last, and has not come back. */
function staleAccess({ events }: SessionFacts): Access | null {
  const stale = new Set<Access>();
  for (const { kind, cause, access } of events) {
    if (access === null) continue;
    if (kind === "stalled" || (kind === "closed" && (cause === "stalled" || cause === "too-slow"))) stale.add(access);
    if (kind === "recovered" || kind === "joined") stale.delete(access);
  }
  const [first] = stale;
  return first ?? null;
}

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
        `Not aggregating: ${names[access]} fell silent, and its data moved to ${names[other(access)]}.`,
        access === "wifi"
          ? "Ask the customer to move nearer to the access point, or to use another WiFi."
          : "Ask for the place and look at the cell's state; WiFi carries all until LTE answers.",
        [`${hit.length} of ${count(seen.length, "session")} had a path that stalled and has not come back.`],
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
        `Not aggregating: the second path${access === null ? "" : ` over ${names[access]}`} was refused.`,
        "Ask the customer to try another WiFi; if it stays, pass it on: something on the way refuses joins.",
        [`${count(hit.length, "join")} refused.`],
      );
};

const quotaReached: Rule = ({ subscriber, serviceClass }) =>
  subscriber.isQuotaReached
    ? verdict(
        "quota-reached",
        "neutral",
        `Slower as agreed: this month's LTE quota is used up, so ${serviceClass?.name ?? "another class"} is in force.`,
        "Tell the customer when the month ends (UTC), or offer a larger class.",
      )
    : null;

const capReached: Rule = ({ serviceClass, bitsPerSecond }) => {
  const cap = serviceClass?.totalRateKbps ?? null;
  if (cap === null || bitsPerSecond === null || bitsPerSecond < nearCap * cap * 1000) return null;
  return verdict(
    "class-cap-reached",
    "neutral",
    `As fast as the class allows: ${serviceClass?.name} is capped at ${formatBitRate(cap * 1000)}.`,
    "Offer a class with a higher cap.",
    [`${formatBitRate(bitsPerSecond)} now.`],
  );
};

function used(seen: readonly SessionFacts[], access: Access): boolean {
  return sumOver(seen, access) > usedShare * sumOver(seen);
}

const backup: Rule = ({ serviceClass }, seen) =>
  serviceClass?.steering === "wifi-first" && used(seen, "wifi") && !used(seen, "lte")
    ? verdict(
        "backup-by-policy",
        "neutral",
        `Not aggregating, as meant: ${serviceClass.name} uses LTE only while WiFi is away.`,
        "Offer a class that uses both paths.",
        ["LTE stands by, and takes over when WiFi fails."],
      )
    : null;

const wifiSuffices: Rule = ({ serviceClass }, seen) =>
  serviceClass?.steering === "lte-share" && used(seen, "wifi") && !used(seen, "lte")
    ? verdict(
        "wifi-suffices",
        "good",
        "As meant: WiFi alone does what is asked for, and LTE is spared.",
        "Nothing to do. LTE helps as soon as WiFi does not suffice.",
        [`${serviceClass.name} allows LTE ${percent(serviceClass.lteSharePercent ?? 0)} of the bytes.`],
      )
    : null;

const tooShort: Rule = (_facts, seen) =>
  seen.every((session) => bytesOver(session) < shortBytes && session.paths.length < 2)
    ? verdict(
        "flow-too-short",
        "neutral",
        "Nothing to aggregate: the transfers are over before a second path can help.",
        "Ask for a larger download, a video for example, and look again.",
        [`The largest of the last ${seen.length} was ${formatBytes(Math.max(...seen.map((one) => bytesOver(one))))}.`],
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
      ? `Hardly aggregating: ${names[missing]} is joined and carries almost nothing.`
      : `Not aggregating: the device has ${names[other(missing)]} only.`,
    missing === "wifi"
      ? "Ask the customer to turn WiFi on and join a network."
      : "Ask the customer to turn mobile data on.",
    [`${names[other(missing)]} carried ${formatBytes(sumOver(seen, other(missing)))} lately.`],
  );
};

function aggregating({ bitsPerSecond }: VerdictFacts, seen: readonly SessionFacts[]): Verdict {
  const total = sumOver(seen);
  const share = (access: Access): string => percent((100 * sumOver(seen, access)) / Math.max(1, total));
  return verdict(
    "aggregating",
    "good",
    `Aggregating: WiFi carries ${share("wifi")}, LTE ${share("lte")}.`,
    "Nothing to do on the network's side. If it is slow all the same, ask which service, and give it as destination.",
    [
      bitsPerSecond === null ? null : `${formatBitRate(bitsPerSecond)} now.`,
      `${count(seen.length, "session")} looked at.`,
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
