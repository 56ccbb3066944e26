import type { Named } from "@/lib/shared/said";

const names: Readonly<Record<string, string>> = { lte: "LTE", wifi: "WiFi", other: "another access" };

function nameOf(access: string | number): string {
  return names[access] ?? String(access);
}

function count(number: string | number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** What the support desk's verdict says, by code. An `access` is `lte`, `wifi`, `other`, or `none` where it is not known. */
export const verdictSentences = {
  subscriberSuspended: () => "Not served: the subscriber is suspended.",
  endTheSuspension: () => "If the suspension is over, ask an operator to make the subscriber active again.",
  agentGoesDirect: () => "The agent sends everything the normal way, and the proxy refuses its connections.",
  notWhiteListed: ({ destination }: Named<"destination">) =>
    `Not aggregating ${destination}: it does not go through the proxy.`,
  tellOnePath: () =>
    "Tell the customer that this service uses one path. Ask the policy team if it should be on a white-list.",
  noDevice: () => "Not aggregating: the subscriber has no enrolled device.",
  makeCode: () => "Make an enrolment code on the subscriber's page, and let the customer enter it in the agent.",
  agentOffline: ({ isKnown, minutes }: Named<"isKnown" | "minutes">) =>
    `Not aggregating: the agent on the device is off (last heard of ${isKnown === "yes" ? `${count(minutes, "minute")} ago` : "never"}).`,
  startAgent: () => "Ask the customer to start the agent, and to check that the phone is online.",
  devicesEnrolled: ({ devices }: Named<"devices">) => `${count(devices, "device")} enrolled, no session runs.`,
  noTraffic: () => "Nothing to judge: the agent is there, and no white-listed service was used in the last hour.",
  useService: () => "Ask the customer to use the service now, then look again.",
  nodeDraining: ({ node }: Named<"node">) => `The proxy ${node} is being drained: it takes no new sessions.`,
  tellOperations: () =>
    "Nothing for the customer to do; tell operations if it lasts. Running sessions go on to their end.",
  sessionsRunThere: ({ hit, seen }: Named<"hit" | "seen">) => `${hit} of ${count(seen, "session")} still run there.`,
  tryAnotherWifi: () => "Ask the customer to try another WiFi.",
  tellCoreNetwork: () => "Pass it on to the core network team: a middlebox on this access touches TCP options.",
  optionsStripped: ({ access, hit, seen }: Named<"access" | "hit" | "seen">) =>
    `Not aggregating: ${access === "none" ? "the network" : `the ${nameOf(access)} network`} strips MPTCP (${hit} of ${count(seen, "session")} fell back to plain TCP).`,
  plainTcpWorks: () => "These sessions work, on one path, as plain TCP.",
  hasSpokenMptcp: () => "The device has spoken MPTCP with the proxy before.",
  mptcpNotAsked: ({ hit, seen }: Named<"hit" | "seen">) =>
    `Not aggregating: the device never asked for MPTCP (${hit} of ${count(seen, "session")}).`,
  askForModel: () =>
    "Ask for the device's model and system: its kernel needs MPTCP, and it must use the agent rather than the proxy's address.",
  pathStale: ({ access, other }: Named<"access" | "other">) =>
    `Not aggregating: ${nameOf(access)} fell silent, and its data moved to ${nameOf(other)}.`,
  moveNearer: () => "Ask the customer to move nearer to the access point, or to use another WiFi.",
  askForPlace: () => "Ask for the place and look at the cell's state; WiFi carries all until LTE answers.",
  sessionsStalled: ({ hit, seen }: Named<"hit" | "seen">) =>
    `${hit} of ${count(seen, "session")} had a path that stalled and has not come back.`,
  joinRefused: ({ access }: Named<"access">) =>
    `Not aggregating: the second path${access === "none" ? "" : ` over ${nameOf(access)}`} was refused.`,
  tryAnotherWifiJoin: () =>
    "Ask the customer to try another WiFi; if it stays, pass it on: something on the way refuses joins.",
  joinsRefused: ({ hit }: Named<"hit">) => `${count(hit, "join")} refused.`,
  quotaReached: ({ isKnown, className }: Named<"isKnown" | "className">) =>
    `Slower as agreed: this month's LTE quota is used up, so ${isKnown === "yes" ? className : "another class"} is in force.`,
  offerLargerClass: () => "Tell the customer when the month ends (UTC), or offer a larger class.",
  capReached: ({ className, rate }: Named<"className" | "rate">) =>
    `As fast as the class allows: ${className} is capped at ${rate}.`,
  offerHigherCap: () => "Offer a class with a higher cap.",
  rateNow: ({ rate }: Named<"rate">) => `${rate} now.`,
  backupByPolicy: ({ className }: Named<"className">) =>
    `Not aggregating, as meant: ${className} uses LTE only while WiFi is away.`,
  offerBothPaths: () => "Offer a class that uses both paths.",
  lteStandsBy: () => "LTE stands by, and takes over when WiFi fails.",
  wifiSuffices: () => "As meant: WiFi alone does what is asked for, and LTE is spared.",
  lteHelpsLater: () => "Nothing to do. LTE helps as soon as WiFi does not suffice.",
  classAllows: ({ className, share }: Named<"className" | "share">) => `${className} allows LTE ${share} of the bytes.`,
  flowTooShort: () => "Nothing to aggregate: the transfers are over before a second path can help.",
  askForLarger: () => "Ask for a larger download, a video for example, and look again.",
  largestOf: ({ seen, bytes }: Named<"seen" | "bytes">) => `The largest of the last ${seen} was ${bytes}.`,
  hardlyUsed: ({ access }: Named<"access">) =>
    `Hardly aggregating: ${nameOf(access)} is joined and carries almost nothing.`,
  oneAccessOnly: ({ access }: Named<"access">) => `Not aggregating: the device has ${nameOf(access)} only.`,
  turnWifiOn: () => "Ask the customer to turn WiFi on and join a network.",
  turnMobileOn: () => "Ask the customer to turn mobile data on.",
  accessCarried: ({ access, bytes }: Named<"access" | "bytes">) => `${nameOf(access)} carried ${bytes} lately.`,
  aggregating: ({ wifi, lte }: Named<"wifi" | "lte">) => `Aggregating: WiFi carries ${wifi}, LTE ${lte}.`,
  askWhichService: () =>
    "Nothing to do on the network's side. If it is slow all the same, ask which service, and give it as destination.",
  sessionsSeen: ({ seen }: Named<"seen">) => `${count(seen, "session")} looked at.`,
} as const;
