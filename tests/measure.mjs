/** `npm run measure -- <name>`: installs and builds what it needs and runs tests/measure/<name>.ts. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
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
const folder = join(root, "tests/measure");
const [name, ...rest] = process.argv.slice(2);
const debianPackages = [
  ...testbedPackages,
  { command: "curl", name: "curl" },
  { command: "mptcpize", name: "mptcpize" },
  { command: "tcpdump", name: "tcpdump" },
];
/** The product's peers. */
const relays = [
  { command: "microsocks", name: "microsocks" },
  { command: "danted", name: "dante-server" },
  { command: "haproxy", name: "haproxy" },
  { command: "tinyproxy", name: "tinyproxy" },
];
const browser = [browserPackage];
/** What single measures need besides. */
const alsoNeeds = {
  relay: relays,
  connections: relays,
  idle: relays,
  latency: relays,
  "foreign-clients": foreignPackages,
  "policy-latency": browser,
  axe: browser,
  "live-cost": browser,
  pictures: browser,
  "readme-pictures": browser,
  replay: browser,
  "web-vitals": browser,
  metrics: [{ command: "promtool", name: "prometheus" }],
};

const withoutPortal = [
  "relay",
  "connections",
  "idle",
  "latency",
  "decisions",
  "reload",
  "sanitize-load",
  "sizing",
  "telemetry-cost",
];

if (name === undefined || !existsSync(join(folder, `${name}.ts`))) {
  const known = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.replace(/\.ts$/, ""));
  console.error(`usage: npm run measure -- <name>\nnames: ${known.join(", ")}`);
  process.exit(2);
}
installPacingTools();
installPackages();
installDebianPackages([...debianPackages, ...(alsoNeeds[name] ?? [])]);
buildCommand();
if (!withoutPortal.includes(name)) buildPortal();
const bundle = join(root, "dist/measure", `${name}.js`);
const built = spawnSync(
  join(root, "node_modules/.bin/esbuild"),
  [
    `tests/measure/${name}.ts`,
    "--bundle",
    "--platform=node",
    "--format=esm",
    "--target=node20",
    "--packages=external",
    "--sourcemap",
    `--outfile=${bundle}`,
    "--log-level=warning",
  ],
  { cwd: root, stdio: "inherit" },
);
if (built.status !== 0) process.exit(1);
const result = spawnSync(process.execPath, ["--enable-source-maps", bundle, ...rest], { cwd: root, stdio: "inherit" });
process.exit(result.status ?? 1);
