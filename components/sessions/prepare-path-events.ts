import { accessNames, type SeriesTone } from "@/components/ui/access-mark";
import type { PathEvent } from "@/lib/contracts/telemetry";
import type { Translate } from "@/lib/words/translate";

/** Why something happened to a path, by the code that proxy and agent report. */
const causeSentences = (t: Translate): Readonly<Record<string, string>> => ({
  stalled: t("sessions.nothingWasAcknowledgedForTooLong"),
  "too-slow": t("sessions.whatWaitedOnItWouldHave"),
  "wifi-suffices": t("sessions.wifiAloneDoesWhatIsAsked"),
  "wifi-is-short": t("sessions.moreIsWantedThanWifiGives"),
  "share-used": t("sessions.lteHasUsedUpItsShare"),
  "share-free": t("sessions.lteHasSomeOfItsShare"),
  "wifi-first": t("sessions.theClassUsesLteOnlyWhile"),
  "both-paths": t("sessions.theClassUsesBothPathsOr"),
  "device-asked": t("sessions.theDeviceAskedForIt"),
  connected: t("sessions.theSessionBeganOnIt"),
  "device-joined": t("sessions.theDeviceJoinedIt"),
  "stall-over": t("sessions.itDeliversAgain"),
  "address-back": t("sessions.theDeviceHasItsAddressAgain"),
  "address-withdrawn": t("sessions.theDeviceGaveUpItsAddress"),
  "link-down": t("sessions.theLinkWentDown"),
  "link-timeout": t("sessions.theLinkNoLongerAnswered"),
  "peer-reset": t("sessions.theOtherSideResetIt"),
  "peer-closed": t("sessions.theOtherSideClosedIt"),
  "options-stripped": t("sessions.somethingOnTheWayRemovedThe"),
  "join-refused": t("sessions.itsJoinWasRefused"),
  "session-ended": t("sessions.theSessionEnded"),
});

/** What a change of priority means, by its cause; without one the report does not say which way it went. */
const restingCauses: ReadonlySet<string> = new Set(["wifi-suffices", "share-used", "wifi-first"]);
const workingCauses: ReadonlySet<string> = new Set(["wifi-is-short", "share-free", "both-paths"]);

export const actorNames = (t: Translate): Record<PathEvent["actor"], string> => ({
  policy: t("sessions.policy"),
  kernel: t("sessions.kernel"),
  agent: t("sessions.agentOnTheDevice"),
  proxy: t("sessions.proxy"),
});

export type PathEventView = {
  id: string;
  at: string;
  kind: PathEvent["kind"];
  tone: SeriesTone;
  /** "LTE path 2 rests." */
  what: string;
  /** A sentence, or the code where it is not known. */
  why: string;
  who: string;
};

/** The cause as a sentence; one that is not known as it was reported. */
export function causeSentence(t: Translate, cause: string): string {
  return causeSentences(t)[cause] ?? cause;
}

function happening(t: Translate, { kind, cause }: PathEvent): string {
  switch (kind) {
    case "joined":
      return t("sessions.joined");
    case "priority-changed":
      if (restingCauses.has(cause)) return t("sessions.rests");
      return workingCauses.has(cause) ? t("sessions.carriesData") : t("sessions.changedItsPriority");
    case "stalled":
      return t("sessions.stalled");
    case "moved":
      return t("sessions.tookOverTheData");
    case "recovered":
      return t("sessions.recovered");
    case "closed":
      return t("sessions.closed");
    case "fallback":
      return t("sessions.fellBackToPlainTcp");
  }
}

/** Data moves because of what happened to the path that had it. */
function reasonOf(t: Translate, { kind, cause }: PathEvent): string {
  return kind === "moved"
    ? t("sessions.thePathBeforeIt", { causeSentence: causeSentence(t, cause) })
    : causeSentence(t, cause);
}

function subjectOf(t: Translate, { access, subflowId }: PathEvent): string {
  if (subflowId === null) return access === null ? t("sessions.theSession") : accessNames(t)[access];
  return access === null
    ? t("sessions.path", { subflowId: String(subflowId) })
    : t("sessions.pathAccesSubflowId", { acces: accessNames(t)[access], subflowId: String(subflowId) });
}

/** What happened to the paths, in words, in the order of the report. */
export function preparePathEvents(t: Translate, events: readonly PathEvent[]): PathEventView[] {
  const seen = new Map<string, number>();
  return events.map((event) => {
    const key = `${event.at} ${event.subflowId} ${event.kind} ${event.cause}`;
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return {
      id: `${key} ${before}`,
      at: event.at,
      kind: event.kind,
      tone: event.access ?? "total",
      what: `${subjectOf(t, event)} ${happening(t, event)}`,
      why: reasonOf(t, event),
      who: actorNames(t)[event.actor],
    };
  });
}
