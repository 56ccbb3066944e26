import { readFileSync } from "node:fs";
import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import { describe, expect, it } from "vitest";
import { errorText } from "@/components/api/error-text";
import { ApiProblem } from "@/components/api/fetch-json";
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
const toldByCode: ReadonlySet<string> = new Set(["problems", "verdicts"]);

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

  it("know every code that the portal answers with", () => {
    const codes = [...readFileSync("lib/http/problem.ts", "utf8").matchAll(/^ {2}([A-Z0-9_]+): \{ status: \d/gm)];
    expect(codes.length).toBeGreaterThan(50);
    expect(codes.map(([, code]) => code).filter((code) => !(`${code}` in messagesOf.en.problems))).toEqual([]);
  });

  it("say a failed call in either language, and in English as the portal says it", () => {
    const refused = new ApiProblem(403, "AUTH_FORBIDDEN", "It takes the role admin.");
    expect(errorText(inEnglish, refused)).toBe("It takes the role admin.");
    expect(errorText(inKorean, refused)).toBe(messagesOf.ko.problems.AUTH_FORBIDDEN);
    expect(errorText(inKorean, new ApiProblem(500, "NOT_KNOWN", "Some detail."))).toBe("Some detail.");
    expect(errorText(inEnglish, new ApiProblem(502, "PORTAL_BAD_ANSWER", "Bad Gateway"))).toContain("answered 502");
  });
});
