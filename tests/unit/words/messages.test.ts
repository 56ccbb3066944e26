import { readFileSync } from "node:fs";
import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { errorText, fieldTexts, issueText } from "@/components/api/error-text";
import { ApiProblem } from "@/components/api/fetch-json";
import { tell } from "@/components/api/tell";
import { tellRow } from "@/components/imports/prepare-import";
import { say, sentences } from "@/lib/contracts/sentences";
import { joinSentences, textOfTold } from "@/lib/shared/said";
import { messagesOf } from "@/lib/words/messages";
import { english as inEnglish, korean as inKorean } from "../../factories/words";

/** Arguments and tags of a message, each with its kind: `count number`, `time tag`. */
function argumentsOf(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    switch (element.type) {
      case TYPE.literal:
      case TYPE.pound:
        return [];
      case TYPE.tag:
        return [`${element.value} tag`, ...argumentsOf(element.children)];
      case TYPE.select:
      case TYPE.plural:
        return [
          `${element.value} ${TYPE[element.type]}`,
          ...Object.values(element.options).flatMap(({ value }) => argumentsOf(value)),
        ];
      default:
        return [`${element.value} ${TYPE[element.type]}`];
    }
  });
}

function shapeOf(message: string): string[] {
  return [...new Set(argumentsOf(parse(message)))].sort();
}

/** Branches of each `select`: they are the codes of a contract, so that every language must know the same. */
function branchesOf(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element) =>
    element.type === TYPE.select ? [`${element.value}: ${Object.keys(element.options).sort().join(" ")}`] : [],
  );
}

const english: Readonly<Record<string, Readonly<Record<string, string>>>> = messagesOf.en;
const korean: Readonly<Record<string, Readonly<Record<string, string>>>> = messagesOf.ko;

/** English is what the portal says itself; the other languages say it by code. */
const toldByCode: ReadonlySet<string> = new Set(["problems", "told"]);

/** What an English sentence of the portal names. */
function namesOf(sentence: (named: never) => string): string[] {
  const names = new Set<string>();
  const named = new Proxy({}, { get: (_target, name) => names.add(String(name)) && 2 });
  sentence(named as never);
  return [...names];
}

/** What the schema library says in English, which no other language takes. */
const leftOut: readonly string[] = ["text"];

describe("texts of the portal", () => {
  it("are there, area by area", () => {
    expect(Object.keys(english).length).toBeGreaterThan(20);
    expect(Object.keys(korean)).toEqual(Object.keys(english));
  });

  it.each(Object.keys(english))("have the same keys in both languages: %s", (area) => {
    expect(Object.keys(korean[area] ?? {})).toEqual(Object.keys(english[area] ?? {}));
  });

  it.each(Object.keys(english).filter((area) => !toldByCode.has(area)))(
    "have the same arguments in both languages: %s",
    (area) => {
      const shapes = (texts: Readonly<Record<string, string>>) =>
        Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, [shapeOf(text), branchesOf(parse(text))]]));
      expect(shapes(korean[area] ?? {})).toEqual(shapes(english[area] ?? {}));
    },
  );

  it.each(Object.keys(english))("are translated: %s", (area) => {
    const same = Object.entries(english[area] ?? {}).filter(
      ([key, text]) => korean[area]?.[key] === text && /[a-z]{3}/i.test(text.replace(/\{[^}]*\}|<[^>]*>/g, "")),
    );
    expect(same).toEqual([]);
  });

  it.each(Object.entries(sentences))("tell %s with what it names", (code, sentence) => {
    const names = namesOf(sentence);
    const words = korean["told"]?.[code] ?? "";
    const taken = shapeOf(words).map((shape) => shape.split(" ")[0] ?? "");
    expect(taken.filter((name) => !names.includes(name) && name !== "text")).toEqual([]);
    expect(names.filter((name) => !taken.includes(name) && !leftOut.includes(name))).toEqual([]);
  });

  it("know every code that the portal answers with", () => {
    const codes = [...readFileSync("lib/http/problem.ts", "utf8").matchAll(/^ {2}([A-Z0-9_]+): \{ status: \d/gm)];
    expect(codes.length).toBeGreaterThan(50);
    expect(codes.map(([, code]) => code).filter((code) => !(`${code}` in messagesOf.en.problems))).toEqual([]);
  });

  it("tell a sentence within a sentence, and leave English where a code is not known", () => {
    const inner = say("ruleOfList", { rule: "host a.example", list: "Video" });
    const said = say("portNotOpened", { rule: inner, port: "8080" });
    expect(said.text).toBe('host a.example of "Video" does not open port 8080');
    expect(tell(inEnglish, said.text, said.told)).toBe(said.text);
    expect(tell(inKorean, said.text, said.told)).toBe("“Video”의 host a.example 규칙은 8080번 포트를 열지 않음");
    const newer = { code: "portNotOpened", values: { port: "8080", rule: { code: "notKnownHere", values: {} } } };
    expect(tell(inKorean, said.text, newer)).toBe(said.text);
    expect(tell(inKorean, "As before.", undefined)).toBe("As before.");
  });

  it("tell what became of a row of a file, in parts that read as one", () => {
    const change = say("importChange", { column: "state", before: "active", after: "suspended" });
    const more = say("importChange", { column: "imsi", before: "none", after: "1" });
    const said = [say("importChangedSince"), change, more, say("importNow"), change, say("importAgain")];
    const message = joinSentences(said.map(({ text }) => text));
    const told = said.map((one) => one.told);
    expect(message).toBe(
      "Changed by others since the dry run, not written. It was to be: state active → suspended; imsi none → 1; now it would be: state active → suspended; import the row again.",
    );
    expect(joinSentences(told.map((one) => textOfTold(sentences, one)))).toBe(message);
    expect(tellRow(inEnglish, { message, told })).toBe(message);
    expect(tellRow(inKorean, { message, told: [more.told, say("importNeedsClass").told] })).toBe(
      "imsi: 없음 → 1; 신규 가입자에게는 등급이 필요합니다. service_class 열을 추가하십시오.",
    );
    expect(tellRow(inKorean, { message, told: [change.told, { code: "notKnownHere", values: {} }] })).toBe(message);
  });

  it("tell what the schema library says of fields", () => {
    const schema = z.object({ name: z.string().min(3), mail: z.email(), size: z.int().max(9), why: z.string() });
    const issues = schema.safeParse({ name: "a", mail: "b", size: 12 }).error?.issues ?? [];
    expect(issues.map((issue) => issueText(inEnglish, issue))).toEqual(issues.map(({ message }) => message));
    expect(issues.map((issue) => issueText(inKorean, issue))).toEqual([
      "3자 이상 입력하십시오.",
      messagesOf.ko.told.fieldNoEmail,
      "9 이하의 값을 입력하십시오.",
      messagesOf.ko.told.fieldWrongKind,
    ]);
  });

  it("say a failed call in either language, and in English as the portal says it", () => {
    const refused = new ApiProblem(403, "AUTH_FORBIDDEN", "It takes the role admin.");
    expect(errorText(inEnglish, refused)).toBe("It takes the role admin.");
    expect(errorText(inKorean, refused)).toBe(messagesOf.ko.problems.AUTH_FORBIDDEN);
    expect(errorText(inKorean, new ApiProblem(500, "NOT_KNOWN", "Some detail."))).toBe("Some detail.");
    const taken = say("numberTaken");
    const told = { detail: taken.told, fields: { msisdn: taken.told } };
    const refusedField = new ApiProblem(409, "SUBSCRIBER_TAKEN", taken.text, { msisdn: taken.text }, null, told);
    expect(fieldTexts(inEnglish, refusedField)).toEqual({ msisdn: taken.text });
    expect(fieldTexts(inKorean, refusedField)).toEqual({ msisdn: messagesOf.ko.told.numberTaken });
    expect(errorText(inKorean, refusedField)).toContain(messagesOf.ko.told.numberTaken);
    const short = new ApiProblem(422, "PASSWORD_TOO_SHORT", "Use more.", { password: "Use more." });
    expect(fieldTexts(inKorean, short)).toEqual({ password: messagesOf.ko.problems.PASSWORD_TOO_SHORT });
    expect(errorText(inEnglish, new ApiProblem(502, "PORTAL_BAD_ANSWER", "Bad Gateway"))).toContain("answered 502");
  });
});
