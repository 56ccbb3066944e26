import { accessNames, type SeriesTone } from "@/components/ui/access-mark";
import type { PathEvent } from "@/lib/contracts/telemetry";

/** Why something happened to a path, by the code that proxy and agent report. */
const causeSentences: Readonly<Record<string, string>> = {
  stalled: "Nothing was acknowledged for too long while another path went on.",
  "too-slow": "What waited on it would have taken seconds and held up the other paths.",
  "wifi-suffices": "WiFi alone does what is asked for.",
  "wifi-is-short": "More is wanted than WiFi gives: LTE takes its share.",
  "share-used": "LTE has used up its share for the moment.",
  "share-free": "LTE has some of its share again.",
  "wifi-first": "The class uses LTE only while WiFi is away.",
  "both-paths": "The class uses both paths, or the other side sends and steers.",
  "device-asked": "The device asked for it.",
  connected: "The session began on it.",
  "device-joined": "The device joined it.",
  "stall-over": "It delivers again.",
  "address-back": "The device has its address again.",
  "address-withdrawn": "The device gave up its address.",
  "link-down": "The link went down.",
  "link-timeout": "The link no longer answered.",
  "peer-reset": "The other side reset it.",
  "peer-closed": "The other side closed it.",
  "options-stripped": "Something on the way removed the MPTCP options.",
  "join-refused": "Its join was refused.",
  "session-ended": "The session ended.",
};

/** What a change of priority means, by its cause; without one the report does not say which way it went. */
const restingCauses: ReadonlySet<string> = new Set(["wifi-suffices", "share-used", "wifi-first"]);
const workingCauses: ReadonlySet<string> = new Set(["wifi-is-short", "share-free", "both-paths"]);

export const actorNames: Record<PathEvent["actor"], string> = {
  policy: "Policy",
  kernel: "Kernel",
  agent: "Agent on the device",
  proxy: "Proxy",
};

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
export function causeSentence(cause: string): string {
  return causeSentences[cause] ?? cause;
}

function happening({ kind, cause }: PathEvent): string {
  switch (kind) {
    case "joined":
      return "joined";
    case "priority-changed":
      if (restingCauses.has(cause)) return "rests";
      return workingCauses.has(cause) ? "carries data" : "changed its priority";
    case "stalled":
      return "stalled";
    case "moved":
      return "took over the data";
    case "recovered":
      return "recovered";
    case "closed":
      return "closed";
    case "fallback":
      return "fell back to plain TCP";
  }
}

/** Data moves because of what happened to the path that had it. */
function reasonOf({ kind, cause }: PathEvent): string {
  return kind === "moved" ? `The path before it: ${causeSentence(cause)}` : causeSentence(cause);
}

function subjectOf({ access, subflowId }: PathEvent): string {
  if (subflowId === null) return access === null ? "The session" : accessNames[access];
  return access === null ? `Path ${subflowId}` : `${accessNames[access]} path ${subflowId}`;
}

/** What happened to the paths, in words, in the order of the report. */
export function preparePathEvents(events: readonly PathEvent[]): PathEventView[] {
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
      what: `${subjectOf(event)} ${happening(event)}`,
      why: reasonOf(event),
      who: actorNames[event.actor],
    };
  });
}
