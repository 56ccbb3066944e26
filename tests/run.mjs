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
import { foreignPackages } from "./foreign-packages.mjs";
import { secondTriesPath } from "./second-tries.mjs";

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

function readJson(name) {
  const path = join(output, name);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
}

installPacingTools();
installPackages();
installDebianPackages(debianPackages);
buildCommand();
buildPortal();
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });

const vitest = await run(join(root, "node_modules/.bin/vitest"), [
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${join(output, "vitest.json")}`,
  "--reporter=./tests/second-tries.mjs",
]);
const playwright = await run(join(root, "node_modules/.bin/playwright"), ["test", "--reporter=list,json"], {
  PLAYWRIGHT_JSON_OUTPUT_NAME: join(output, "playwright.json"),
});

const unitReport = readJson("vitest.json");
const browserStats = readJson("playwright.json")?.stats;
const passed = (unitReport?.numPassedTests ?? 0) + (browserStats?.expected ?? 0) + (browserStats?.flaky ?? 0);
const skipped = (unitReport?.numPendingTests ?? 0) + (browserStats?.skipped ?? 0);
let failed = (unitReport?.numFailedTests ?? 0) + (browserStats?.unexpected ?? 0);
// A runner that ended badly without naming a test (a file that does not load, a global set-up) is one failure.
if (vitest.code !== 0 && (unitReport?.numFailedTests ?? 0) === 0) failed += 1;
if (playwright.code !== 0 && (browserStats?.unexpected ?? 0) === 0) failed += 1;
if (expectAll) failed += skipped;

console.log("");
for (const line of closingLines(vitest.tail, /Test Files/)) console.log(line);
for (const line of closingLines(playwright.tail, /^\s*\d+ (passed|failed|flaky|skipped|did not run)/))
  console.log(line);
const secondTries = existsSync(secondTriesPath) ? readFileSync(secondTriesPath, "utf8").trim() : "";
if (secondTries !== "") console.log(`passed at the second try:\n${secondTries}`);
if (skipped > 0)
  console.log(`${skipped} skipped${expectAll ? " (counted as failures: this machine must have everything)" : ""}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
