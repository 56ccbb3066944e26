import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tell } from "@/components/api/tell";
import { simulationSchema } from "@/lib/contracts/policy-admin";
import {
  compilePolicy,
  decideAddress,
  decideHost,
  explainDecision,
  type HostDecision,
  type TraceStep,
} from "@/lib/policy";
import { PlainWhiteLists } from "../../factories/plain-white-lists";
import { korean } from "../../factories/words";
import { anyHost, anySnapshot, list, snapshot } from "./policies";

const anyPort = fc.constantFrom(0, 21, 25, 80, 443, 65_536);
const anyExtras = fc.subarray(["l1", "l3"]).map((ids) => new Set(ids));
const anyAddress = fc.constantFrom("8.0.0.0", "8.0.0.1", "10.0.0.128", "10.0.1.0", "127.0.0.1", "203.0.113.9", "x");

function lastVerdict(trace: readonly TraceStep[]): string | undefined {
  return trace.filter(({ result }) => result !== "info").at(-1)?.result;
}

function inWords(decision: HostDecision) {
  const trace = decision.trace();
  return decision.kind === "refused" ? { ...decision, trace, reason: decision.reason().text } : { ...decision, trace };
}

describe("explainDecision", () => {
  it("comes to the decision of decideHost and decideAddress, in its steps too", () => {
    fc.assert(
      fc.property(
        anySnapshot,
        anyHost,
        anyPort,
        fc.option(anyAddress, { nil: undefined }),
        anyExtras,
        (given, host, port, address, extras) => {
          const policy = compilePolicy(given, ["8.0.0.1"]);
          const { decision, trace } = explainDecision(policy, { host, port, address }, extras);
          const expected =
            address === undefined
              ? decideHost(policy, { host, port }, extras)
              : decideAddress(policy, { host, port, address }, extras);
          expect(inWords(decision)).toEqual(inWords(expected));
          const verdict = lastVerdict(trace);
          expect(verdict).toBe(decision.kind === "refused" ? "refuse" : "pass");
          expect(trace.filter(({ result }) => result === "refuse")).toHaveLength(decision.kind === "refused" ? 1 : 0);
          const deciding = trace.filter(({ step, result }) => step.startsWith('White-list "') && result === "pass");
          expect(deciding).toHaveLength(decision.kind === "allowed" ? 1 : 0);
          if (decision.kind === "allowed")
            expect(deciding[0]?.detail).toContain(`${decision.rule.kind} ${decision.rule.value} of`);
          expect(simulationSchema.shape.trace.parse(trace)).toEqual(trace);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("decides as a plain search over all rules does", () => {
    fc.assert(
      fc.property(anySnapshot, anyHost, anyPort, anyExtras, (given, host, port, extras) => {
        const policy = compilePolicy({ ...given, allowedPrivateRanges: ["10.0.0.0/8"] });
        const decision = decideHost(policy, { host, port }, extras);
        const plain =
          port > 0 && port < 65_536
            ? new PlainWhiteLists(given.whiteLists).match({ host, port, address: null }, extras)
            : null;
        const answer =
          decision.kind === "allowed" ? `${decision.whiteListId} ${decision.rule.kind} ${decision.rule.value}` : null;
        expect(answer).toBe(plain);
      }),
      { numRuns: 2000 },
    );
  });

  it("tells every rule on the way", () => {
    const policy = compilePolicy(
      snapshot({
        whiteLists: [
          list("sport", ["host live.tv.example"], "extra"),
          list("tv", ["host live.tv.example 8000-8080", "domain-suffix tv.example 443", "domain-suffix example"]),
        ],
        allowedPrivateRanges: ["10.0.0.0/8"],
      }),
    );
    const { trace } = explainDecision(policy, { host: "live.tv.example", port: 443, address: "10.1.1.1" });
    expect(trace.map(({ step, detail, result }) => ({ step, detail, result }))).toEqual([
      { step: "Port", detail: "port 443 may be relayed", result: "pass" },
      { step: "Own addresses", detail: "10.1.1.1 is no address of the proxy", result: "pass" },
      {
        step: "Special ranges",
        detail: "10.1.1.1 is private (RFC 1918), opened by the allowed range 10.0.0.0/8",
        result: "pass",
      },
      {
        step: 'White-list "SPORT"',
        detail: 'host live.tv.example of "SPORT" fits, but this subscriber does not have that extra list',
        result: "info",
      },
      { step: 'White-list "TV"', detail: 'host live.tv.example of "TV" opens 8000-8080, not 443', result: "info" },
      { step: 'White-list "TV"', detail: 'domain-suffix tv.example of "TV" opens port 443', result: "pass" },
      {
        step: 'White-list "TV"',
        detail: 'domain-suffix example of "TV" would fit too, but a rule before it decided',
        result: "info",
      },
    ]);
    const saying = trace.map(({ detail, told }) => tell(korean, detail, told.detail));
    expect(saying.filter((text) => !/[가-힣]/.test(text))).toEqual([]);
    expect(saying[0]).toBe("443번 포트는 중계할 수 있음");
  });
});
