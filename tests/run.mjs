/**
 * `npm test`: installs what the suites need, builds, and runs every suite. Ends with each runner's own closing lines
 * and one line that sums all suites. Exits 1 where anything failed, or was skipped while TESTBED_EXPECT_ALL=1.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  buildCommand,
  buildPortal,
  installDebianPackages,
  installPacingTools,
  installPackages,
  testbedPackages,
} from "../lib/cli/bootstrap.mjs";
import { browserPackage } from "./factories/browser.mjs";
import { foreignPackages } from "./foreign-packages.mjs";

const root = new URL("..", import.meta.url).pathname;
const output = join(root, "tests/output");
const expectAll = process.env.TESTBED_EXPECT_ALL === "1";

const debianPackages = [
  ...testbedPackages,
  { command: "ping", name: "iputils-ping" },
  ...foreignPackages,
  { command: "tcpdump", name: "tcpdump" },
  { command: "haproxy", name: "haproxy" },
  { command: "mptcpize", name: "mptcpize" },
  { command: "freeradius", name: "freeradius" },
  browserPackage,
];

/** Run with output shown as it comes; gives the exit code and the last lines. */
function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let tail = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        process.stdout.write(chunk);
        tail = (tail + chunk).slice(-4000);
      });
    child.on("exit", (code, signal) => resolve({ code: code ?? 1, signal, tail }));
  });
}

function closingLines(tail, pattern) {
  const lines = tail.split("\n");
  const first = lines.findIndex((line) => pattern.test(line));
  return first < 0 ? [] : lines.slice(first).filter((line) => line.trim() !== "");
}

function readOutput(name) {
  const path = join(output, name);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

const readJson = (name) => JSON.parse(readOutput(name) ?? "null");
const readLines = (name) => (readOutput(name) ?? "").split("\n").filter((line) => line !== "");

installPacingTools();
installPackages();
installDebianPackages(debianPackages);
buildCommand();
buildPortal();
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });

const inBrowser = () =>
  run(join(root, "node_modules/.bin/playwright"), ["test", "--reporter=list,json"], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: join(output, "playwright.json"),
  });

/** Vitest over these suites; its report goes to `name`.json, the names of second tries to `name`-tries.txt. */
const suites = (name, projects) =>
  run(
    join(root, "node_modules/.bin/vitest"),
    [
      "run",
      ...projects.flatMap((project) => ["--project", project]),
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${join(output, `${name}.json`)}`,
      "--reporter=./tests/second-tries.mjs",
    ],
    { SECOND_TRIES: join(output, `${name}-tries.txt`) },
  );

// What measures rates and times has the machine to itself; a browser mostly waits, so the rest runs beside it.
const measuring = await suites("measuring", ["native", "netns"]);
const [browser, others] = await Promise.all([inBrowser(), suites("others", ["unit", "fitness", "api"])]);

/** What one runner counted; a bad end that names no test (a file that does not load, a set-up) is one failure. */
function counted(code, passed, failed, skipped) {
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}

function ofVitest({ code }, name) {
  const report = readJson(`${name}.json`);
  return counted(code, report?.numPassedTests ?? 0, report?.numFailedTests ?? 0, report?.numPendingTests ?? 0);
}

function ofPlaywright({ code }) {
  const stats = readJson("playwright.json")?.stats;
  return counted(code, (stats?.expected ?? 0) + (stats?.flaky ?? 0), stats?.unexpected ?? 0, stats?.skipped ?? 0);
}

const all = [ofVitest(measuring, "measuring"), ofVitest(others, "others"), ofPlaywright(browser)];
const sum = (key) => all.reduce((total, one) => total + one[key], 0);
const skipped = sum("skipped");
const failed = sum("failed") + (expectAll ? skipped : 0);

console.log("");
for (const { tail } of [measuring, others]) for (const line of closingLines(tail, /Test Files/)) console.log(line);
for (const line of closingLines(browser.tail, /^\s*\d+ (passed|failed|flaky|skipped|did not run)/)) console.log(line);
const secondTries = ["measuring", "others"].flatMap((name) => readLines(`${name}-tries.txt`));
if (secondTries.length > 0) console.log(`passed at the second try:\n${secondTries.join("\n")}`);
if (skipped > 0)
  console.log(`${skipped} skipped${expectAll ? " (counted as failures: this machine must have everything)" : ""}`);
console.log(`${sum("passed")} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
