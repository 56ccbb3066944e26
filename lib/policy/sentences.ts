import { type Named, sayBy } from "@/lib/shared/said";

/** What MP-PE says to people, by code: findings, refusals, and the steps of a decision. */
export const policySentences = {
  // Classes.
  inClass: ({ name, what }: Named<"name" | "what">) => `"${name}": ${what}`,
  shareWithoutEffect: ({ steering }: Named<"steering">) =>
    `LTE share settings have no effect in the mode ${steering}. Take them away.`,
  shareMissing: () => "The mode lte-share needs an LTE share. Set one between 0 and 100 %.",
  shareOutOfRange: ({ percent }: Named<"percent">) =>
    `An LTE share of ${percent} % cannot be. Set one between 0 and 100 %.`,
  wifiAlwaysSuffices: () =>
    "WiFi is always sufficient at 0 Mbit/s, so LTE is never used. Raise the rate, or leave it empty to use LTE always.",
  lteCapTooLow: ({ rate }: Named<"rate">) =>
    `A LTE rate cap of ${rate} kbit/s lets nothing through. Raise it, or leave it empty for no cap.`,
  totalCapTooLow: ({ rate }: Named<"rate">) =>
    `A total rate cap of ${rate} kbit/s lets nothing through. Raise it, or leave it empty for no cap.`,
  lteCapAboveTotal: ({ lteRate, totalRate }: Named<"lteRate" | "totalRate">) =>
    `The LTE cap (${lteRate} kbit/s) lies above the total cap (${totalRate} kbit/s) and is never reached. Lower it, or leave it empty.`,
  nextClassWithoutQuota: () =>
    "A class for when the quota is reached has no effect without a quota. Set one, or take the class away.",
  quotaWithoutNextClass: () =>
    "The quota has no effect: choose the class that follows when it is reached, or take the quota away.",
  nextClassMissing: ({ id }: Named<"id">) =>
    `There is no class "${id}" to follow when the quota is reached. Choose another one.`,
  quotaLoop: ({ loop }: Named<"loop">) =>
    `The classes that follow when quotas are reached go round: ${loop}. End the chain in a class that has no quota.`,
  nextClassPassedOver: ({ next }: Named<"next">) =>
    `"${next}" follows when the quota is reached, but its own quota is not above this one: it is passed over at once. Raise its quota, or choose another class.`,
  idUsedTwice: ({ id }: Named<"id">) => `The id "${id}" is used twice. Give one of the two another id.`,
  nameUsedTwice: ({ name }: Named<"name">) =>
    `The name "${name}" is used twice. Rename one of the two, so that people can tell them apart.`,
  // Networks.
  cidrNoRange: ({ cidr }: Named<"cidr">) =>
    `"${cidr}" is no range of addresses. Write an address and a prefix length, like 203.0.113.0/24.`,
  cidrNoLength: ({ cidr }: Named<"cidr">) =>
    `"${cidr}" has no whole prefix length. Write an address and a prefix length, like 203.0.113.0/24.`,
  cidrLengthOutOfRange: ({ cidr }: Named<"cidr">) =>
    `"${cidr}" has a prefix length out of range. Write an address and a prefix length, like 203.0.113.0/24.`,
  cidrBitsBehind: ({ cidr }: Named<"cidr">) =>
    `"${cidr}" has bits set behind its prefix. Write an address and a prefix length, like 203.0.113.0/24.`,
  badAccessNetwork: ({ why }: Named<"why">) => `Access network ${why}`,
  badPrivateRange: ({ why }: Named<"why">) => `Allowed private range ${why}`,
  networkListedTwice: ({ cidr }: Named<"cidr">) => `Access network ${cidr} is listed twice. Remove one entry.`,
  networkIsBoth: ({ cidr, one, other }: Named<"cidr" | "one" | "other">) =>
    `${cidr} is listed as ${one} and as ${other}. Keep the one that is right.`,
  rangeListedTwice: ({ range }: Named<"range">) => `Allowed private range ${range} is listed twice. Remove one entry.`,
  rangeIsPublic: ({ range }: Named<"range">) =>
    `Allowed private range ${range} is public anyway and opens nothing. Remove it.`,
  rangeOpens: ({ range, what, address }: Named<"range" | "what" | "address">) =>
    `Allowed private range ${range} opens ${what} (${address}) to every white-list rule that holds it. Name a narrower range unless that is meant.`,
  ownLoopback: () => "the node's own loopback",
  cloudMetadata: () => "the metadata service of clouds",
  // Rules.
  badName: ({ value, kind }: Named<"value" | "kind">) =>
    `"${value}" is no DNS name for a ${kind} rule. Write a name like video.example.com.`,
  portsReversed: ({ from, to }: Named<"from" | "to">) =>
    `The port range ${from}-${to} ends before it starts. Turn it round.`,
  opensOnlySmtp: () => "It opens only port 25 (SMTP), which is never relayed. Give it other ports, or remove it.",
  liesInRefusedRange: ({ value }: Named<"value">) =>
    `${value} lies in a range that is refused by default, and no allowed private range opens it. Allow the range, or remove the rule.`,
  sameRuleAlready: () => "The same rule stands in this list already.",
  coveredByOne: ({ rule }: Named<"rule">) => `${rule} opens everything that this rule opens.`,
  coveredByTwo: ({ one, other }: Named<"one" | "other">) =>
    `${one} and ${other} together open everything that this rule opens.`,
  coveredByMore: ({ one, other, more }: Named<"one" | "other" | "more">) =>
    `${one}, ${other} and ${more} more together open everything that this rule opens.`,
  removeOne: ({ what }: Named<"what">) => `${what} Remove one of them.`,
  removeIt: ({ what }: Named<"what">) => `${what} Remove it.`,
  removeItUnlessCounted: ({ what }: Named<"what">) => `${what} Remove it, unless its hits are to be counted apart.`,
  overlapping: ({ rule, ports, list }: Named<"rule" | "ports" | "list">) =>
    `${rule} (${ports}) is also in "${list}", which stands first: "${list}" gets the hits. Keep each destination in one list.`,
  overlappingExtra: ({ rule, ports, list }: Named<"rule" | "ports" | "list">) =>
    `${rule} (${ports}) is also in "${list}", which stands first: "${list}" gets the hits for subscribers who have it. Keep each destination in one list.`,
  overlappingMore: ({ rule, ports, more, list }: Named<"rule" | "ports" | "more" | "list">) =>
    `${rule} (${ports}) and ${more} more are also in "${list}", which stands first: "${list}" gets the hits. Keep each destination in one list.`,
  overlappingMoreExtra: ({ rule, ports, more, list }: Named<"rule" | "ports" | "more" | "list">) =>
    `${rule} (${ports}) and ${more} more are also in "${list}", which stands first: "${list}" gets the hits for subscribers who have it. Keep each destination in one list.`,
  listEmpty: ({ list }: Named<"list">) =>
    `"${list}" has no rules and lets nothing pass. Add rules, or remove the list.`,
  ruleOfList: ({ rule, list }: Named<"rule" | "list">) => `${rule} of "${list}"`,
  everyPort: () => "every port",
  noPort: () => "no port that is ever relayed",
  // Refusals.
  smtpRefused: () => "port 25 (SMTP) is never relayed",
  noTcpPort: ({ port }: Named<"port">) => `${port} is no port of TCP`,
  onExtraListOnly: ({ host, list }: Named<"host" | "list">) =>
    `${host} is on no white-list of this subscriber, only on the extra list "${list}"`,
  onNoList: ({ host }: Named<"host">) => `${host} is on no white-list`,
  portNotOpened: ({ rule, port }: Named<"rule" | "port">) => `${rule} does not open port ${port}`,
  ownAddress: ({ address }: Named<"address">) => `${address} is an address of this proxy`,
  specialRange: ({ address, range }: Named<"address" | "range">) => `${address} is ${range}`,
  noNumericAddress: ({ address }: Named<"address">) => `${address} is no numeric address`,
  noRuleNamesIt: () => "no rule names it",
  // Steps of a decision.
  stepPort: () => "Port",
  stepAddress: () => "Address",
  stepOwnAddresses: () => "Own addresses",
  stepSpecialRanges: () => "Special ranges",
  stepWhiteList: ({ list }: Named<"list">) => `White-list "${list}"`,
  stepWhiteLists: () => "White-lists",
  portMayBeRelayed: ({ port }: Named<"port">) => `port ${port} may be relayed`,
  noProxyAddress: ({ address }: Named<"address">) => `${address} is no address of the proxy`,
  proxyAddress: ({ address }: Named<"address">) => `${address} is an address of the proxy itself`,
  publicAddress: ({ address }: Named<"address">) => `${address} is a public address`,
  specialAndClosed: ({ address, range }: Named<"address" | "range">) =>
    `${address} is ${range}, and no allowed range opens it`,
  specialAndOpened: ({ address, range, allowed }: Named<"address" | "range" | "allowed">) =>
    `${address} is ${range}, opened by the allowed range ${allowed}`,
  opensOtherPorts: ({ rule, ports, port }: Named<"rule" | "ports" | "port">) => `${rule} opens ${ports}, not ${port}`,
  extraListMissing: ({ rule }: Named<"rule">) => `${rule} fits, but this subscriber does not have that extra list`,
  decidedBefore: ({ rule }: Named<"rule">) => `${rule} would fit too, but a rule before it decided`,
  opensPort: ({ rule, port }: Named<"rule" | "port">) => `${rule} opens port ${port}`,
  addressDecides: ({ host }: Named<"host">) => `no rule names ${host}: its address decides`,
} as const;

export const say = sayBy(policySentences);
