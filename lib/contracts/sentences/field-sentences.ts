import type { Named } from "@/lib/shared/said";
import { maxHistoryDays, momentMaxDays } from "../limits";

/** What is wrong with a field that has words of its own. */
export const ownFieldSentences = {
  writeTicket: () => "write a ticket's number, or what the customer asked",
  giveItAName: () => "Give it a name.",
  giveNumericAddress: () => "Give a numeric IPv4 or IPv6 address.",
  chooseMoreMinutes: () => "choose 5 minutes or more",
  chooseFewerDays: () => `choose ${maxHistoryDays} days or less`,
  chooseLaterDay: () => "choose a day that is not before the first",
  chooseRecentMoment: () => `Choose a moment of the last ${momentMaxDays} days.`,
  giveThreshold: () => "Give a threshold in per cent.",
  leaveThresholdOut: () => "This rule has no threshold: leave it out.",
  giveSmallLetters: () => "Small letters, digits and hyphens, 32 at the most.",
  giveAddressAndPort: () => "Give a numeric address and a port, as 192.0.2.1:1080.",
  sayWhy: () => "Say why, in a few words.",
  giveE164: () => "write it as +821012345678 (E.164)",
  giveImsi: () => "an IMSI has 15 digits",
  chooseChange: () => "choose what to change",
  notYourPassword: () => "This is not your password.",
  numberTaken: () => "Another subscriber has this number. Search for it and change that one.",
  numberJustTaken: () => "Another subscriber has got this number or IMSI just now. Search for it and change that one.",
} as const;

/** What is wrong with a field of a call, by code; `text` is what the schema library says of it. */
export const fieldSentences = {
  ...ownFieldSentences,
  classNotInForce: ({ id, known }: Named<"id" | "known">) =>
    `There is no class "${id}" in the policy in force. Choose one of: ${known}.`,
  listsNotInForce: ({ ids }: Named<"ids">) => `There is no white-list ${ids} in the policy in force.`,
  imsiTaken: ({ msisdn }: Named<"msisdn">) => `The subscriber ${msisdn} has this IMSI. Take it away there first.`,
  accountTaken: ({ email }: Named<"email">) =>
    `There is an account with ${email} already. Make it a new link, or enable it.`,
  fieldTooShort: ({ text, minimum: _limit }: Named<"text" | "minimum">) => String(text),
  fieldTooLong: ({ text, maximum: _limit }: Named<"text" | "maximum">) => String(text),
  fieldTooSmall: ({ text, minimum: _limit }: Named<"text" | "minimum">) => String(text),
  fieldTooLarge: ({ text, maximum: _limit }: Named<"text" | "maximum">) => String(text),
  fieldTooFew: ({ text, minimum: _limit }: Named<"text" | "minimum">) => String(text),
  fieldTooMany: ({ text, maximum: _limit }: Named<"text" | "maximum">) => String(text),
  fieldNoEmail: ({ text }: Named<"text">) => String(text),
  fieldBadFormat: ({ text }: Named<"text">) => String(text),
  fieldNoChoice: ({ text }: Named<"text">) => String(text),
  fieldWrongKind: ({ text }: Named<"text">) => String(text),
  fieldUnknown: ({ text }: Named<"text">) => String(text),
  fieldInvalid: ({ text }: Named<"text">) => String(text),
} as const;
