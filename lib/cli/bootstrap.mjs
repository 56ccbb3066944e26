/**
 * Runs the product from a fresh checkout: installs packages, builds what changed, then hands over to the command.
 * Plain Node without packages, since it runs before there are any.
 *
 *   node lib/cli/bootstrap.mjs <command> [options]      `build` only builds
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const parent = process.ppid;
const lowestNode = [20, 19];
const withPortal = ["up", "demo", "portal", "build"];
/** Programs the testbed runs, and the Debian package of each. */
export const testbedPackages = [
  { command: "nginx", name: "nginx-light" },
  { command: "dnsmasq", name: "dnsmasq-base" },
  { command: "openssl", name: "openssl" },
  { command: "iptables-legacy", name: "iptables" },
  { command: "wget", name: "wget" },
  { command: "ip", name: "iproute2" },
  { command: "nft", name: "nftables" },
];
/** What the pacing of subflows is built with; without them the product falls back to the backup flag. */
const pacingPackages = [
  { command: "clang", name: "clang" },
  { file: "/usr/include/bpf/bpf_helpers.h", name: "libbpf-dev" },
];

function stopWith(sentence) {
  console.error(sentence);
  process.exit(1);
}

function run(what, command, args, env = {}) {
  console.log(`… ${what}`);
  const began = Date.now();
  const result = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status !== 0)
    stopWith(`${what} failed (${command} ${args.join(" ")}):\n${result.error ?? ""}${result.stdout}${result.stderr}`);
  console.log(`  done in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

function isCommand(name) {
  return ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin", "/usr/local/sbin"].some((dir) =>
    existsSync(join(dir, name)),
  );
}

/** SHA-256 over names and contents of these files and folders; documents change nothing that is built. */
export function hashOf(paths) {
  const hash = createHash("sha256");
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (path.endsWith(".md")) return;
    if (!statSync(path).isDirectory()) {
      hash.update(path.slice(root.length)).update("\0").update(readFileSync(path));
      return;
    }
    for (const name of readdirSync(path).sort())
      if (!["build", "generated", "node_modules"].includes(name)) visit(join(path, name));
  };
  for (const path of paths) visit(join(root, path));
  return hash.digest("hex");
}

/** Do `work` unless the stamp says that it was done for the same inputs and circumstances. */
function onceFor(stampFile, inputs, work, circumstances = "") {
  const stamp = hashOf(inputs) + circumstances;
  const path = join(root, stampFile);
  if (existsSync(path) && readFileSync(path, "utf8") === stamp) return;
  work();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, stamp);
}

export function installPackages() {
  onceFor("node_modules/.twinpath-packages", ["package-lock.json"], () =>
    run("Installing packages and building the native helper (npm ci, a minute or two)", "npm", [
      "ci",
      "--no-audit",
      "--no-fund",
    ]),
  );
  const native = ["lib/mptcp/native", "lib/testbed/native"];
  const tools = namesOf(missing(pacingPackages));
  onceFor(
    "node_modules/.twinpath-native",
    native,
    () => run("Building the native helper", process.execPath, ["lib/mptcp/native/build.mjs"]),
    tools,
  );
  onceFor("node_modules/.twinpath-prisma", ["prisma/schema.prisma", "lib/db/generate.mjs", "package-lock.json"], () =>
    run("Generating the database client", process.execPath, ["lib/db/generate.mjs"]),
  );
}

const canInstallDebian = () => process.getuid?.() === 0 && isCommand("apt-get");

function missing(packages) {
  return packages.filter(({ command, file }) => (command === undefined ? !existsSync(file) : !isCommand(command)));
}

const namesOf = (packages) => packages.map(({ name }) => name).join(" ");

export function installDebianPackages(packages) {
  const wanted = missing(packages);
  if (wanted.length === 0) return;
  const names = namesOf(wanted);
  if (!canInstallDebian())
    stopWith(`These Debian packages are missing: ${names}. Install them as root: apt-get install ${names}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  run("Reading Debian's package lists", "apt-get", ["update", "-q"], env);
  const args = ["install", "-y", "-q", "--no-install-recommends", ...names.split(" ")];
  run(`Installing ${names}`, "apt-get", args, env);
}

/** The tools that subflow pacing is built with; without root they stay away, and the product says what it does instead. */
export function installPacingTools() {
  if (canInstallDebian()) installDebianPackages(pacingPackages);
}

export function buildCommand() {
  onceFor("dist/.stamp", ["lib", "prisma", "package.json", "tsconfig.json"], () =>
    run("Building the command", join(root, "node_modules/.bin/esbuild"), [
      "lib/cli/main.ts",
      "--bundle",
      "--platform=node",
      "--format=esm",
      "--target=node20",
      "--packages=external",
      "--sourcemap",
      "--outfile=dist/twinpath.js",
      "--log-level=warning",
    ]),
  );
}

/** Beside each file of the build, once: what every browser would have it compressed to at every request. */
function compressBuiltFiles(folder) {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
  for (const name of readdirSync(folder, { recursive: true }).filter((file) => /\.(css|js|json|svg|txt)$/.test(file))) {
    const content = readFileSync(join(folder, name));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, quality));
  }
}

export function buildPortal() {
  onceFor(
    ".next/.twinpath-stamp",
    [
      ...["app", "components", "public", "proxy.ts", "next.config.js", "postcss.config.mjs", "package-lock.json"],
      ...["auth", "contracts", "db", "http", "policy", "radius", "services", "shared", "support", "words"].map(
        (room) => `lib/${room}`,
      ),
    ],
    () => {
      rmSync(join(root, ".next"), { recursive: true, force: true });
      run("Building the portal (next build, half a minute)", join(root, "node_modules/.bin/next"), ["build"]);
      compressBuiltFiles(join(root, ".next/static"));
    },
  );
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < lowestNode[0] || (major === lowestNode[0] && minor < lowestNode[1]))
    stopWith(`Node ${lowestNode.join(".")} or later is needed; this is ${process.versions.node}.`);
}

async function main() {
  const [command = "--help"] = process.argv.slice(2);
  checkNode();
  if (withPortal.includes(command)) installPacingTools();
  installPackages();
  if (command === "demo" || command === "testbed") installDebianPackages(testbedPackages);
  buildCommand();
  if (withPortal.includes(command)) buildPortal();
  if (command === "build") return;
  // npm hands no signal on: where it was stopped while we built, so are we.
  if (process.env.npm_lifecycle_event !== undefined && process.ppid !== parent) process.exit(143);
  await import(pathToFileURL(join(root, "dist/twinpath.js")).href);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
