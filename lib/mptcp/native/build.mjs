/*
 * Builds the native helper (and the testbed's link emulator where its source is there). Runs as the package's install
 * script and needs a C compiler, make and python3. Does nothing where the sources, the Node ABI and the compiler
 * settings are those of the last build.
 *
 * Pacing of subflows takes clang, which compiles for the kernel, and libbpf besides; where they are missing it is left
 * out, and `twinpath doctor` says so.
 *
 *   node lib/mptcp/native/build.mjs             the product's build, into native/build
 *   node lib/mptcp/native/build.mjs --sanitize  with ASan and UBSan, into native/build/sanitize/build
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const nativeDir = dirname(fileURLToPath(import.meta.url));
const projectDir = join(nativeDir, "../../..");
const isSanitized = process.argv.includes("--sanitize");
const workDir = isSanitized ? join(nativeDir, "build/sanitize") : nativeDir;
const buildDir = join(workDir, "build");
const stampFile = join(buildDir, "twinpath.stamp");
const linkDelaySource = join(projectDir, "lib/testbed/native/linkdelay.c");
const linkDelay = join(projectDir, "lib/testbed/native/build/linkdelay");
const compiler = process.env.CC || "cc";
const warnings = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"];
const kernelPrograms = ["pacing.bpf", "starter.bpf"];
const compileForKernel = ["-target", "bpf", "-g", ...warnings, "-Wno-unused-parameter", "-c"];

function fail(message) {
  console.error(`Twinpath native helper: ${message}`);
  process.exit(1);
}

function sources() {
  const names = readdirSync(nativeDir).filter((name) => /\.(c|h|gyp)$/.test(name));
  return names.sort().map((name) => join(nativeDir, name));
}

function stampOf(files, hasPacing) {
  const hash = createHash("sha256");
  hash.update(`${process.versions.modules} ${process.arch} ${compiler} ${isSanitized} ${hasPacing}`);
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest("hex");
}

function canRun(command, args) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function canBuildPacing() {
  const linksLibbpf = ["-x", "c", "-include", "bpf/libbpf.h", "-shared", "-o", "/dev/null", "/dev/null", "-lbpf"];
  return (
    canRun("clang", [...compileForKernel, join(nativeDir, "pacing.bpf.c"), "-o", "/dev/null"]) &&
    canRun(compiler, linksLibbpf)
  );
}

function findNodeGyp() {
  const prefix = dirname(dirname(process.execPath));
  const npmDirs = [
    process.env.npm_execpath && dirname(dirname(process.env.npm_execpath)),
    join(prefix, "lib/node_modules/npm"),
    "/usr/share/nodejs/npm",
  ];
  const candidates = npmDirs.filter(Boolean).map((dir) => join(dir, "node_modules/node-gyp/bin/node-gyp.js"));
  try {
    candidates.unshift(createRequire(import.meta.url).resolve("node-gyp/bin/node-gyp.js"));
  } catch {
    // Not among the dependencies (a production install): npm brings its own copy.
  }
  return candidates.find((file) => existsSync(file));
}

function nodeDirArguments() {
  if (process.env.npm_config_nodedir) return [`--nodedir=${process.env.npm_config_nodedir}`];
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, "include/node/node_api.h")) ? [`--nodedir=${prefix}`] : [];
}

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ""}${result.stderr ?? ""}`);
  fail(`"${command} ${args.join(" ")}" failed (${result.error?.message ?? `status ${result.status}`}); see above.`);
}

function buildAddon(hasPacing) {
  const nodeGyp = findNodeGyp();
  if (!nodeGyp) fail("node-gyp was found neither in node_modules nor beside npm; run `npm ci` with npm 10 or later.");
  mkdirSync(workDir, { recursive: true });
  if (isSanitized) for (const file of sources()) cpSync(file, join(workDir, file.slice(nativeDir.length + 1)));
  const common = [nodeGyp, ...nodeDirArguments()];
  const settings = [`-Dsanitize=${isSanitized ? 1 : 0}`, `-Dpacing=${hasPacing ? 1 : 0}`];
  run(process.execPath, [...common, "configure", "--", ...settings], workDir);
  run(process.execPath, [...common, "build", `--jobs=${cpus().length}`], workDir);
  if (!hasPacing) return;
  for (const name of kernelPrograms)
    run(
      "clang",
      [...compileForKernel, join(nativeDir, `${name}.c`), "-o", join(buildDir, `Release/${name}.o`)],
      workDir,
    );
}

function buildLinkDelay() {
  mkdirSync(dirname(linkDelay), { recursive: true });
  run(compiler, [...warnings, "-o", linkDelay, linkDelaySource], projectDir);
}

function main() {
  if (process.platform !== "linux") fail("MPTCP needs Linux; this part of the product does not run elsewhere.");
  const hasLinkDelay = !isSanitized && existsSync(linkDelaySource);
  const hasPacing = canBuildPacing();
  const stamp = stampOf([...sources(), ...(hasLinkDelay ? [linkDelaySource] : [])], hasPacing);
  const addon = join(buildDir, "Release/twinpath_mptcp.node");
  const isBuilt = existsSync(addon) && (!hasLinkDelay || existsSync(linkDelay));
  if (isBuilt && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  const tools = [
    [compiler, ["--version"]],
    ["make", ["--version"]],
    ["python3", ["--version"]],
  ];
  const missing = tools.filter(([command, args]) => !canRun(command, args)).map(([command]) => command);
  if (missing.length > 0)
    fail(
      `${missing.join(", ")} missing; install them (Debian: apt-get install build-essential python3) and run \`npm rebuild\`.`,
    );
  buildAddon(hasPacing);
  if (hasLinkDelay) buildLinkDelay();
  writeFileSync(stampFile, stamp);
}

main();
