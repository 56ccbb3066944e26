import { describe, expect, it } from "vitest";
import { callingAlerts, ruleText } from "@/components/alerts/prepare-alerts";
import { readRuleForm, ruleForm } from "@/components/alerts/prepare-rule-form";
import type { Alert } from "@/lib/contracts/alerts";
import { english } from "../../factories/words";

const alert: Alert = {
  id: "1",
  kind: "node-down",
  subject: "p1",
  subjectName: "Proxy",
  detail: "silent",
  told: null,
  since: "2026-11-28T12:00:00Z",
  firedAt: "2026-11-28T12:00:15Z",
  resolvedAt: null,
  acknowledged: null,
  isMuted: false,
};

describe("alerts in the shell", () => {
  it("are those that are not muted and that nobody looks after", () => {
    const acknowledged = { at: alert.firedAt, by: "A operator" };
    const others = [
      { ...alert, id: "2", isMuted: true },
      { ...alert, id: "3", acknowledged },
    ];
    expect(callingAlerts([alert, ...others])).toEqual([alert]);
  });
});

describe("a rule", () => {
  it.each([
    [{ kind: "fallback-ratio", threshold: 30, holdSeconds: 300 }, "30 % for 5 min"],
    [{ kind: "lte-share", threshold: 5, holdSeconds: 90 }, "5 points for 90 s"],
    [{ kind: "node-down", threshold: null, holdSeconds: 0 }, "so for 0 s"],
  ] as const)("%j tells at %s", (rule, text) => {
    expect(ruleText(english, rule)).toBe(text);
  });

  it("is read from its form, and says what to mend", () => {
    const input = { isOn: true, threshold: 30, holdSeconds: 300 };
    expect(readRuleForm(english, "fallback-ratio", ruleForm(input))).toEqual({ input, errors: {} });
    expect(
      readRuleForm(english, "wifi-stalls", { isOn: true, threshold: "2,5", holdSeconds: "1" }).input?.threshold,
    ).toBe(2.5);
    const without = { isOn: false, threshold: null, holdSeconds: 15 };
    expect(readRuleForm(english, "node-down", ruleForm(without))).toEqual({ input: without, errors: {} });
    const bad = readRuleForm(english, "lte-share", { isOn: true, threshold: "101", holdSeconds: "1.5" });
    expect(bad.input).toBeNull();
    expect(Object.keys(bad.errors)).toEqual(["threshold", "holdSeconds"]);
  });
});
