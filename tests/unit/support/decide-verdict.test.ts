import { describe, expect, it } from "vitest";
import { tellVerdict } from "@/components/support/prepare-told";
import { say } from "@/lib/contracts/sentences";
import type { VerdictCause } from "@/lib/contracts/support";
import { decideVerdict } from "@/lib/support/decide-verdict";
import type { PathFacts, SessionFacts, VerdictFacts } from "@/lib/support/verdict-facts";
import { english, korean } from "../../factories/words";

const mb = 1_000_000;

function path(access: PathFacts["access"], megabytes: number, isOpen = true): PathFacts {
  return { access, bytes: megabytes * mb, isOpen };
}

function session(change: Partial<SessionFacts> = {}): SessionFacts {
  return {
    destination: "content.example:443",
    transport: "mptcp",
    isRunning: true,
    paths: [path("wifi", 71), path("lte", 29)],
    events: [],
    nodeName: "proxy-1",
    isNodeDraining: false,
    ...change,
  };
}

const gold = { name: "Gold", steering: "aggregate", lteSharePercent: null, totalRateKbps: null } as const;

function facts(change: Partial<VerdictFacts> = {}): VerdictFacts {
  return {
    subscriber: { state: "active", isQuotaReached: false },
    serviceClass: gold,
    deviceSilencesMs: [20_000],
    sessions: [session()],
    hasSpokenMptcp: false,
    bitsPerSecond: 80 * mb,
    destination: null,
    ...change,
  };
}

const fallback = (access: "lte" | "wifi"): Partial<SessionFacts> => ({
  transport: "tcp-fallback",
  paths: [path(access, 30)],
  events: [{ kind: "fallback", cause: "options-stripped", access }],
});
const stale: SessionFacts["events"] = [
  { kind: "joined", cause: "connected", access: "wifi" },
  { kind: "joined", cause: "device-joined", access: "lte" },
  { kind: "stalled", cause: "stalled", access: "wifi" },
  { kind: "closed", cause: "stalled", access: "wifi" },
  { kind: "moved", cause: "stalled", access: "lte" },
];

const table: [VerdictCause, string, Partial<VerdictFacts>, RegExp][] = [
  ["aggregating", "both paths carry", {}, /WiFi carries 71\u00a0%, LTE 29\u00a0%/],
  ["subscriber-suspended", "whatever else", { subscriber: { state: "suspended", isQuotaReached: true } }, /suspended/],
  [
    "not-white-listed",
    "a destination past the proxy",
    { destination: { text: "other.example", isThroughProxy: false, said: say("noRuleNamesIt") } },
    /other\.example/,
  ],
  ["no-device", "none enrolled", { deviceSilencesMs: [] }, /no enrolled device/],
  ["agent-offline", "silent for ten minutes", { deviceSilencesMs: [600_000, null], sessions: [] }, /10 minutes ago/],
  ["agent-offline", "never heard of", { deviceSilencesMs: [null], sessions: [] }, /never/],
  ["no-traffic", "an agent without sessions", { sessions: [] }, /Nothing to judge/],
  ["node-draining", "its node", { sessions: [session({ isNodeDraining: true })] }, /proxy-1 is being drained/],
  [
    "options-stripped",
    "on WiFi, three of three",
    { sessions: [session(fallback("wifi")), session(fallback("wifi")), session(fallback("wifi"))] },
    /the WiFi network strips MPTCP \(3 of 3 sessions/,
  ],
  ["options-stripped", "on LTE", { sessions: [session(fallback("lte")), session()] }, /the LTE network/],
  [
    "options-stripped",
    "known by its only path",
    { sessions: [session({ transport: "tcp-fallback", paths: [path("wifi", 3)] })] },
    /the WiFi network/,
  ],
  [
    "options-stripped",
    "already in the question, of a device that has asked before",
    { hasSpokenMptcp: true, sessions: [session({ transport: "tcp", paths: [path("wifi", 3)] })] },
    /the WiFi network strips MPTCP \(1 of 1 session/,
  ],
  [
    "mptcp-not-asked",
    "plain TCP",
    { sessions: [session({ transport: "tcp", paths: [path("wifi", 3)] })] },
    /never asked for MPTCP \(1 of 1 session\)/,
  ],
  ["path-stale", "WiFi went silent", { sessions: [session({ events: stale })] }, /WiFi fell silent/],
  [
    "aggregating",
    "WiFi is back",
    { sessions: [session({ events: [...stale, { kind: "recovered", cause: "stall-over", access: "wifi" }] })] },
    /Aggregating/,
  ],
  [
    "join-refused",
    "over LTE",
    {
      sessions: [
        session({
          paths: [path("wifi", 30)],
          events: [{ kind: "closed", cause: "join-refused", access: "lte" }],
        }),
      ],
    },
    /over LTE was refused/,
  ],
  [
    "quota-reached",
    "another class in force",
    {
      subscriber: { state: "active", isQuotaReached: true },
      serviceClass: { ...gold, name: "Bronze", steering: "wifi-first" },
    },
    /Bronze is in force/,
  ],
  [
    "class-cap-reached",
    "at 98 % of it",
    { serviceClass: { ...gold, totalRateKbps: 40_000 }, bitsPerSecond: 39.2 * mb },
    /capped at 40/,
  ],
  [
    "backup-by-policy",
    "Bronze over WiFi",
    {
      serviceClass: { ...gold, name: "Bronze", steering: "wifi-first" },
      sessions: [session({ paths: [path("wifi", 9), path("lte", 0)] })],
    },
    /Bronze uses LTE only while WiFi is away/,
  ],
  [
    "wifi-suffices",
    "Silver over WiFi",
    {
      serviceClass: { ...gold, name: "Silver", steering: "lte-share", lteSharePercent: 20 },
      sessions: [session({ paths: [path("wifi", 9), path("lte", 0)] })],
    },
    /LTE is spared/,
  ],
  [
    "flow-too-short",
    "pages of some kilobytes",
    {
      sessions: [
        session({ isRunning: false, paths: [path("wifi", 0.02)] }),
        session({ isRunning: false, paths: [path("wifi", 0.1)] }),
      ],
    },
    /over before a second path can help/,
  ],
  ["one-access-only", "no WiFi", { sessions: [session({ paths: [path("lte", 40)] })] }, /has LTE only/],
  [
    "one-access-only",
    "WiFi joined and unused",
    { sessions: [session({ paths: [path("lte", 40), path("wifi", 0)] })] },
    /WiFi is joined and carries almost nothing/,
  ],
];

describe("the verdict", () => {
  it.each(table)("%s: %s", (cause, _case, change, sentence) => {
    const verdict = decideVerdict(facts(change));
    expect(verdict.cause).toBe(cause);
    expect(verdict.sentence).toMatch(sentence);
    expect(verdict.action).toMatch(/\w.*\.$/);
    const { sentence: told, action, evidence } = tellVerdict(korean, verdict);
    const lines = [told, action, ...evidence];
    expect(lines.filter((line) => !/[가-힣]/.test(line) || /[{}]|told\./.test(line))).toEqual([]);
    expect(tellVerdict(english, verdict)).toMatchObject({ sentence: verdict.sentence, evidence: verdict.evidence });
  });

  it("looks at what runs, and at what ended only where nothing runs", () => {
    const ended = session({ ...fallback("wifi"), isRunning: false });
    expect(decideVerdict(facts({ sessions: [session(), ended, ended] })).cause).toBe("aggregating");
    expect(decideVerdict(facts({ sessions: [ended] })).cause).toBe("options-stripped");
  });

  it("takes a running session for a sign of life, however long the device was not heard of", () => {
    expect(decideVerdict(facts({ deviceSilencesMs: [3_600_000] })).cause).toBe("aggregating");
  });
});
