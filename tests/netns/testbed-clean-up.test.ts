import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { requireAbility } from "../factories/ability";
import { makeDataDir, makeTestbed, waitUntil } from "../factories/testbed";

const root = fileURLToPath(new URL("../..", import.meta.url));
const outputFolder = `${root}tests/output/testbed-${process.pid}`;
const program = `${outputFolder}/create-testbed.mjs`;

let dataDir: Awaited<ReturnType<typeof makeDataDir>>;

/* A program that makes a testbed and stays: to be run as another user, and to be killed. */
beforeAll(async () => {
  dataDir = await makeDataDir();
  await mkdir(outputFolder, { recursive: true });
  await build({
    stdin: {
      contents: `
        import { createTestbed } from "@/lib/testbed/create-testbed";
        const log = { info() {}, warn() {}, error() {}, debug() {} };
        try {
          const testbed = await createTestbed({ preset: "city", portalPort: 9, dataDir: process.argv[2], log });
          console.log(testbed.id);
          setInterval(() => {}, 1000);
        } catch (error) {
          console.log(error.code + " " + error.message);
        }`,
      resolveDir: root,
    },
    alias: { "@": root },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: program,
  });
});

afterAll(async () => {
  await rm(outputFolder, { recursive: true, force: true });
  await dataDir.remove();
});

beforeEach((context) => requireAbility(context, "namespaces", "nginx", "wget"));

/** Everything on this machine that carries the testbed's name, and the processes that were in its namespaces. */
async function findTraces(id: string, pids: readonly number[]): Promise<string[]> {
  const names = [
    ...execFileSync("ip", ["netns", "list"]).toString().split("\n"),
    ...execFileSync("ip", ["-br", "link"]).toString().split("\n"),
    ...(await readdir(`${dataDir.path}/testbed`).catch(() => [])),
  ].filter((name) => name.includes(id));
  // Of a dead process whose parent has not asked for it yet, no command line is left.
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return [...names, ...lines.filter((line) => line !== "")];
}

const firewallTables = () => readFile("/proc/net/ip_tables_names", "utf8").catch(() => "");

function pidsIn(namespace: string): number[] {
  return execFileSync("ip", ["netns", "pids", namespace]).toString().split("\n").filter(Boolean).map(Number);
}

async function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString().trim())));
}

it("leaves nothing behind when it is stopped, also twice", async () => {
  const tables = await firewallTables();
  const testbed = await makeTestbed(dataDir.path, { portalPort: 9 });
  testbed.spawn("ue", "sh", ["-c", "sleep 1000 & sleep 1000"], { stdio: "ignore" });
  await testbed.counters("ue", "lte0");
  await waitUntil("processes run", () => pidsIn(testbed.namespaces.ue).length >= 3);
  const pids = Object.values(testbed.namespaces).flatMap(pidsIn);
  expect(await findTraces(testbed.id, pids)).not.toEqual([]);
  await Promise.all([testbed.stop(), testbed.stop()]);
  await testbed.stop();
  expect(await findTraces(testbed.id, pids)).toEqual([]);
  expect(await firewallTables()).toBe(tables);
  expect(() => testbed.spawn("ue", "true", [])).toThrow("stopped");
});

it("leaves nothing behind when its creation fails half-way", async () => {
  const abort = new AbortController();
  let id = "";
  const onProgress = (line: string) => {
    id = /testbed ([0-9a-f]{4})/.exec(line)?.[1] ?? id;
    if (line.startsWith("Starting the content provider")) abort.abort(new Error("enough"));
  };
  const creation = makeTestbed(dataDir.path, { portalPort: 9, signal: abort.signal, onProgress });
  await expect(creation).rejects.toThrow("enough");
  expect(id).not.toBe("");
  expect(await findTraces(id, [])).toEqual([]);
});

it("is removed by the next testbed when its process was killed, and its programs die at once", async () => {
  const child = spawn(process.execPath, [program, dataDir.path], { stdio: ["ignore", "pipe", "inherit"] });
  const id = await firstLine(child);
  const names =
    execFileSync("ip", ["netns", "list"])
      .toString()
      .match(new RegExp(`tp-${id}-[a-z]+`, "g")) ?? [];
  expect(names).toHaveLength(7);
  const pids = names.flatMap(pidsIn);
  expect(pids.length).toBeGreaterThanOrEqual(1);
  child.kill("SIGKILL");
  await waitUntil("its programs are dead", () => names.flatMap(pidsIn).length === 0, 2000);
  const next = await makeTestbed(dataDir.path);
  try {
    expect(await findTraces(id, pids)).toEqual([]);
  } finally {
    await next.stop();
  }
});

it("says in one sentence that it needs root", async () => {
  // From standard input: another user may not read this folder.
  const child = spawn(
    "setpriv",
    ["--reuid=65534", "--regid=65534", "--clear-groups", process.execPath, "--input-type=module", "-"],
    {
      cwd: "/",
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  child.stdin.end(await readFile(program));
  expect(await firstLine(child)).toBe(
    "TESTBED_NEEDS_ROOT The testbed builds network namespaces, which needs root: start it again as root (sudo).",
  );
});
