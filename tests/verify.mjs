/**
 * `npm run verify`: format, lint, types, import rules, unit and fitness tests; without root, two minutes. Option:
 * `--without-tests`, where `npm test`, which runs them too, comes next.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { installPackages } from "../lib/cli/bootstrap.mjs";

const root = new URL("..", import.meta.url).pathname;
const bin = (name) => join(root, "node_modules/.bin", name);

/** Checks that run side by side, lane by lane: two cores, and the slowest check alone in its lane. */
const withTests = !process.argv.includes("--without-tests");
const lanes = [
  [["types", bin("tsc"), ["--noEmit", "--incremental", "-p", "."]]],
  [
    ["format and lint", bin("biome"), ["ci", "--colors=off", "--error-on-warnings", "."]],
    ["import rules", bin("depcruise"), ["app", "components", "lib", "prisma", "--config", ".dependency-cruiser.cjs"]],
    ...(withTests
      ? [["unit and fitness tests", bin("vitest"), ["run", "--project", "unit", "--project", "fitness"]]]
      : []),
  ],
];

function run([name, command, args]) {
  return new Promise((resolve) => {
    const began = Date.now();
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("exit", (code) => {
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      console.log(`${code === 0 ? "✓" : "✗"} ${name} (${seconds} s)`);
      if (code !== 0 || name.includes("tests")) console.log(output.trimEnd());
      resolve(code === 0);
    });
  });
}

installPackages();
const began = Date.now();
const results = await Promise.all(
  lanes.map(async (lane) => {
    const lanePassed = [];
    for (const check of lane) lanePassed.push(await run(check));
    return lanePassed;
  }),
);
const isGood = results.flat().every(Boolean);
console.log(`verify: ${isGood ? "good" : "failed"} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
process.exit(isGood ? 0 : 1);
