import { readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { trackedFiles } from "../factories/tracked-files";

const sources = trackedFiles().filter((file) => /^(app\/(?!api\/)|components\/).*\.tsx?$/.test(file));

/** Names of products, systems and protocols, units, keys, commands: the same in every language. */
const sameEverywhere = new Set([
  "Twinpath",
  "%s · Twinpath",
  "MPTCP",
  "LTE",
  "WiFi",
  "LTE + WiFi",
  "UE",
  "pM-UE",
  "MSISDN",
  "IMSI",
  "RTT",
  "UTC",
  "JSON",
  "OpenAPI 3.1",
  "SOCKS4",
  "SOCKS5",
  "SOCKS5 UDP",
  "HTTP CONNECT",
  "HTTP forward",
  "TCP",
  "TCP Convert",
  "GB",
  "Mbit/s",
  "Gbit/s",
  "ms",
  "Ctrl K",
  "Esc",
  "npm run demo",
  "npm start",
  "Edge",
  "Opera",
  "Samsung Internet",
  "Firefox",
  "Chrome",
  "Safari",
  "Android",
  "ChromeOS",
  "Windows",
  "Linux",
]);

/** Attributes whose text is for machines. */
const machineAttributes = new Set(["className", "d", "viewBox", "patternUnits", "data-testid", "preserveAspectRatio"]);

/** Calls whose literals are for machines: class names, addresses, selectors, keys of the keyboard. */
const machineCalls =
  /^(clsx|fetch|fetchJson|readEnv|matchMedia|closest|querySelector|replace|replaceAll|Symbol|t|rich)$/;

/** Like class names, media queries, fonts, addresses and codes, which are no language. */
const machineText = [
  /^[A-Z][A-Z0-9_]+$/,
  /^(GET|POST|PUT|DELETE)$/,
  /^\(prefers-[a-z-]+: [a-z]+\)$/,
  /^use client$/,
  /^[a-z]+\/[a-z-]+; charset=utf-8$/,
  /^rgba\(/,
  /px$/,
  /^= ; path=\//,
  /^https?:\/\//,
  /^new Intl\.NumberFormat$/,
  /^(CredentialsSignin|ApiProblem|Enter|Escape|ArrowDown|ArrowUp|Space|Home|End|Content-Type)$/,
  /^[a-z][A-Za-z0-9]*$/,
  /^(input|dialog|button)\b.*(,|\[|:)/,
  /^\[data-[a-z-]+\]/,
];

function isClassList(text: string): boolean {
  const words = text.trim().split(/\s+/);
  const classes = words.filter((word) => /^[a-z0-9:[\]/.%()_&>*,=!#+-]+$/.test(word));
  const marked = words.filter(
    (word) =>
      /[-:[]/.test(word) ||
      /^(flex|grid|inline|hidden|block|grow|truncate|relative|absolute|underline|tnum)$/.test(word),
  );
  return classes.length === words.length && marked.length * 2 >= words.length;
}

/** Two words, or one that begins like a sentence or a label. */
function readsLikeText(text: string): boolean {
  return /[A-Za-z]{2,}[^A-Za-z]*\s[^A-Za-z]*[A-Za-z]{2,}/.test(text) || /^[^A-Za-z]*[A-Z][a-z]+/.test(text);
}

function isOfMachine(node: ts.Node): boolean {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isImportDeclaration(at) || ts.isExportDeclaration(at) || ts.isTypeNode(at) || ts.isThrowStatement(at))
      return true;
    if (ts.isJsxAttribute(at) && machineAttributes.has(at.name.getText())) return true;
    if (ts.isCallExpression(at) && at.arguments.some((argument) => argument === node)) {
      const callee = ts.isPropertyAccessExpression(at.expression) ? at.expression.name : at.expression;
      return machineCalls.test(callee.getText());
    }
    if (ts.isBlock(at) || ts.isJsxElement(at)) return false;
  }
  return false;
}

/** The fixed parts of a text as it stands in the source. */
function textOf(node: ts.Node): string | null {
  if (ts.isJsxText(node)) return node.text;
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(" ");
}

function isFinding(node: ts.Node): boolean {
  const text = textOf(node)?.replaceAll(/\s+/g, " ").trim();
  if (text === undefined || sameEverywhere.has(text)) return false;
  const isShown = ts.isJsxText(node) ? /[A-Za-z]{2,}/.test(text) : readsLikeText(text);
  const rest = text.replaceAll(/\b(LTE|WiFi|UTC|Mbit\/s|ms|GB|Twinpath)\b/g, "");
  if (!isShown || !/[A-Za-z]{2,}/.test(rest) || text.startsWith("/")) return false;
  if (!ts.isJsxText(node) && (machineText.some((pattern) => pattern.test(text)) || isClassList(text))) return false;
  return !isOfMachine(node);
}

/** Texts in the source that a reader of the page would see: `file:line text`. */
function findLiteralTexts(file: string, source: string): string[] {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isFinding(node)) {
      const { line } = parsed.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${file}:${line + 1} ${textOf(node)?.trim()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found;
}

describe("texts of the pages", () => {
  it("are found where they stand in code", () => {
    const source = [
      'const label = "Last seen";',
      "const page = <p title={`Node $" + "{name}`}>Hello <b>WiFi</b></p>;",
      'const plain = <p className="flex gap-2">{t("nodes.up")}</p>;',
    ].join("\n");
    expect(findLiteralTexts("page.tsx", source)).toEqual([
      "page.tsx:1 Last seen",
      "page.tsx:2 Node",
      "page.tsx:2 Hello",
    ]);
  });

  it("stand in the message files, not in code", () => {
    expect(sources.length).toBeGreaterThan(300);
    expect(sources.flatMap((file) => findLiteralTexts(file, readFileSync(file, "utf8")))).toEqual([]);
  });
});
