/**
 * `npm run measure -- security-table`: what must hold (tests/factories/security-lines-*.ts), line by line, with the named
 * tests that show it, run now, and their results. Options: `--quick` leaves the tests in network namespaces out (root, a few
 * minutes), `--only KEY` takes the lines whose key begins so.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { conclude, describeMachine } from "../factories/figures";
import type { SecurityLine } from "../factories/security-line";
import { faultLines } from "../factories/security-lines-faults";
import { portalLines } from "../factories/security-lines-portal";
import { proxyLines } from "../factories/security-lines-proxy";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string", default: "" } },
});
const projects = ["unit", "fitness", "native", "api", "netns"] as const;
type Outcome = "passed" | "failed" | "skipped" | "not run" | "missing";
type Assertion = { fullName: string; status: string };
type Report = { testResults: { name: string; message?: string; assertionResults: Assertion[] }[] };

const root = process.cwd();
const lines = [...proxyLines, ...portalLines, ...faultLines].filter(({ key }) => key.startsWith(values.only));
const fileOf = (test: string): string => `tests/${test.split(" > ")[0]}.test.ts`;
const wordsOf = (test: string): string => test.split(" > ").slice(1).join(" > ");
const marks: Readonly<Record<Outcome, string>> = {
  passed: "✓",
  failed: "✗",
  skipped: "–",
  "not run": "·",
  missing: "?",
};

/** Run these files of a project; what each test of them came to. */
function run(project: string, files: readonly string[], folder: string): Map<string, Assertion[]> {
  const outputFile = join(folder, `${project}.json`);
  const args = ["vitest", "run", "--project", project, "--reporter", "json", "--outputFile", outputFile, ...files];
  const { status, stderr } = spawnSync("npx", args, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (!existsSync(outputFile)) throw new Error(`${project}: vitest ended with ${status} and no report: ${stderr}`);
  const { testResults }: Report = JSON.parse(readFileSync(outputFile, "utf8"));
  return new Map(testResults.map(({ name, assertionResults }) => [name.slice(root.length + 1), assertionResults]));
}

const isLeftOut = (test: string): boolean => values.quick && test.startsWith("netns/");

function runAll(): Map<string, Assertion[]> {
  const folder = mkdtempSync(join(tmpdir(), "security-"));
  try {
    const wanted = new Set(lines.flatMap(({ tests }) => tests.filter((test) => !isLeftOut(test)).map(fileOf)));
    return new Map(
      projects.flatMap((project) => {
        const files = [...wanted].filter(
          (file) => file.startsWith(`tests/${project}/`) && existsSync(join(root, file)),
        );
        return files.length === 0 ? [] : [...run(project, files, folder)];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function outcomeOf(test: string, results: ReadonlyMap<string, Assertion[]>): { outcome: Outcome; count: number } {
  if (isLeftOut(test)) return { outcome: "not run", count: 0 };
  const found = (results.get(fileOf(test)) ?? []).filter(({ fullName }) => fullName.includes(wordsOf(test)));
  const statuses = found.map(({ status }) => status);
  if (found.length === 0) return { outcome: "missing", count: 0 };
  if (statuses.includes("failed")) return { outcome: "failed", count: found.length };
  return { outcome: statuses.every((status) => status === "passed") ? "passed" : "skipped", count: found.length };
}

console.log(describeMachine());
const results = runAll();
let [named, run_] = [0, 0];
const isGood = ({ outcome }: { outcome: Outcome }): boolean => outcome === "passed" || outcome === "not run";
const show = (line: SecurityLine): boolean => {
  const outcomes = line.tests.map((test) => ({ test, ...outcomeOf(test, results) }));
  const isGreen = outcomes.every(isGood);
  console.log(`${isGreen ? "✓" : "✗"} ${line.key}  ${line.says}`);
  for (const { test, outcome, count } of outcomes) {
    const note = outcome === "passed" ? (count > 1 ? ` (${count} tests)` : "") : `: ${outcome}`;
    console.log(`    ${marks[outcome]} ${test}${note}`);
    named += 1;
    run_ += count;
  }
  for (const measure of line.measures ?? [])
    console.log(
      existsSync(join(root, "tests/measure", `${measure}.ts`))
        ? `    · npm run measure -- ${measure} (by itself)`
        : `    · ${measure}: not here`,
    );
  if (line.open !== undefined) console.log(`    open: ${line.open}`);
  return isGreen;
};
const green = lines.map(show).filter(Boolean).length;
const open = lines.filter((line) => line.open !== undefined).length;
conclude(
  "security-table",
  `${green} of ${lines.length} lines green by ${named} named tests or groups (${run_} tests run); ${open} lines with something left open, said beside them`,
  "all green or with a reason",
  green === lines.length,
);
