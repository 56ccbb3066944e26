import type { Named } from "@/lib/shared/said";

function count(number: string | number, one: string, many: string): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

const usersOf = (subscribers: string | number): string =>
  subscribers === 1 ? "1 subscriber has" : `${subscribers} subscribers have`;

/** What the portal's services say of themselves, by code. */
export const portalSentences = {
  /** Of no code. */
  asIs: ({ text }: Named<"text">) => String(text),
  both: ({ first, second }: Named<"first" | "second">) => `${first} ${second}`,
  // Where a connection goes.
  goesThroughProxy: ({ target, list }: Named<"target" | "list">) =>
    `${target} goes through the proxy: it is on "${list}".`,
  notResolvedHere: () => "Its name could not be resolved here.",
  proxyRefuses: ({ target, why }: Named<"target" | "why">) =>
    `The agent sends ${target} to the proxy, which refuses it: ${why}.`,
  goesDirect: ({ target, why }: Named<"target" | "why">) =>
    `${target} goes the normal way, past the proxy: ${why}. A program that asks the proxy for it by itself is refused.`,
  suspendedGoesDirect: () =>
    "The subscriber is suspended: its agent sends everything the normal way, and the proxy refuses its connections.",
  usesBothPaths: ({ className }: Named<"className">) => `${className} uses LTE and WiFi at once.`,
  usesLteShare: ({ className, percent }: Named<"className" | "percent">) =>
    `${className} uses WiFi, and LTE for at most ${percent} % where WiFi does not suffice.`,
  usesWifiFirst: ({ className }: Named<"className">) => `${className} uses WiFi, and LTE only while WiFi is away.`,
  stepSubscriber: () => "Subscriber",
  stepServiceClass: () => "Service class",
  stepAccessNetwork: () => "Access network",
  stepDns: () => "DNS",
  isActive: () => "is active",
  isSuspended: () => "is suspended",
  classMissing: ({ id }: Named<"id">) => `the policy has no class "${id}"`,
  classInForce: ({ className }: Named<"className">) => String(className),
  classAfterQuota: ({ className }: Named<"className">) => `${className}, since this month's LTE quota is used up`,
  hostUnresolved: ({ host }: Named<"host">) => `${host} could not be resolved here`,
  hostIs: ({ host, addresses }: Named<"host" | "addresses">) => `${host} is ${addresses}`,
  addressIsOf: ({ address, access, by }: Named<"address" | "access" | "by">) => `${address} is ${access}: ${by}`,
  noNetworkHoldsIt: () => "no access network holds it",
  // What a draft would do.
  impactSessions: ({ sessions }: Named<"sessions">) =>
    `${count(sessions, "running session", "running sessions")} would be governed otherwise at once.`,
  impactRefused: ({ destinations }: Named<"destinations">) =>
    `${count(destinations, "destination", "destinations")} of the last 24 hours would no longer go through the proxy.`,
  impactSubscribers: ({ subscribers }: Named<"subscribers">) =>
    `${count(subscribers, "subscriber gets", "subscribers get")} other class settings.`,
  impactGained: ({ destinations }: Named<"destinations">) =>
    `${count(destinations, "destination", "destinations")} of the last 24 hours would go through the proxy again.`,
  impactMoved: ({ destinations }: Named<"destinations">) =>
    `${count(destinations, "destination", "destinations")} of the last 24 hours would count for another white-list.`,
  draftChangesNothing: () => "The draft changes nothing.",
  nothingDecidedOtherwise: () =>
    "Nobody's class settings change, and no destination of the last 24 hours is decided otherwise.",
  // What stops a publish.
  classInUse: ({ subscribers, name }: Named<"subscribers" | "name">) =>
    `${usersOf(subscribers)} the class "${name}". Give them another class before it is removed.`,
  listInUse: ({ subscribers, name }: Named<"subscribers" | "name">) =>
    `${usersOf(subscribers)} the extra white-list "${name}". Take it from them before it is removed.`,
  noClassLeft: () => "There is no service class left, so that no subscriber can have one. Keep one at least.",
  andMore: ({ what, more }: Named<"what" | "more">) => `${what} And ${more} more.`,
  // What alerts are about.
  alertFallback: ({ share, sessions, limit }: Named<"share" | "sessions" | "limit">) =>
    `${share} of the ${sessions} sessions of the last 10 minutes fell back to plain TCP; the limit is ${limit}.`,
  alertStalls: ({ share, sessions, limit }: Named<"share" | "sessions" | "limit">) =>
    `${share} of the ${sessions} sessions of the last 10 minutes had a stalled WiFi path; the limit is ${limit}.`,
  alertNodeDown: ({ since }: Named<"since">) => `Nothing was heard of it since ${since}.`,
  alertDrift: ({ version, wanted }: Named<"version" | "wanted">) =>
    `It works by policy version ${version}, not ${wanted}.`,
  alertLteShare: ({ share, target }: Named<"share" | "target">) =>
    `LTE carried ${share} of the last 15 minutes' bytes; the target is ${target}.`,
  alertSpool: ({ size, limit }: Named<"size" | "limit">) =>
    `${size} of its telemetry wait on its disk; the limit is ${limit}. Check the database's load and the node's way to the portal.`,
  // What became of a webhook.
  webhookNoAddress: () => "The webhook is not called: this is no address. Write https://host/path.",
  webhookOtherProtocol: () => "The webhook is not called: only https is spoken.",
  webhookHasPassword: () => "The webhook is not called: take name and password out of the address.",
  webhookMailPort: () => "The webhook is not called: port 25 is mail's.",
  webhookInside: ({ host, address, range }: Named<"host" | "address" | "range">) =>
    `The webhook is not called: ${host} is ${address}, ${range}. An address inside is allowed by TWINPATH_WEBHOOK_RANGES.`,
  webhookNeedsTls: () => "The webhook is not called: a public address is called by https only.",
  webhookUnresolved: ({ host, why }: Named<"host" | "why">) => `${host} cannot be resolved (${why}). Check the name.`,
  webhookNameEmpty: ({ host }: Named<"host">) => `${host} has no address. Check the name.`,
  webhookUnreached: ({ host, why }: Named<"host" | "why">) =>
    `${host} could not be reached (${why}). Check its address and that it runs.`,
  webhookAnswered: ({ host, status }: Named<"host" | "status">) =>
    `${host} answered ${status}; 200 is expected. Check its address.`,
} as const;
