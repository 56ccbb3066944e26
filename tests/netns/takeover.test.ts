import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type SessionRow, sessionDetailSchema, sessionListSchema } from "@/lib/contracts/portal";
import { sleep } from "@/lib/shared/sleep";
import { requireAbility } from "../factories/ability";
import { startPacedSource } from "../factories/paced-source";
import { startShortConnections } from "../factories/short-connections";
import { SignedInStaff, type StartedDemo, startDemo } from "../factories/started-demo";

/** The proxy's process is replaced while it works: new connections, long downloads, and paths that join later. */
let demo: StartedDemo;
let staff: SignedInStaff;
let source: Awaited<ReturnType<typeof startPacedSource>>;

beforeAll(async () => {
  if (process.getuid?.() !== 0) return;
  demo = await startDemo();
  staff = await SignedInStaff.byLink(demo);
  source = await startPacedSource(demo);
});
afterAll(async () => {
  source?.stop();
  await demo?.stop();
});
beforeEach((context) => requireAbility(context, "root", "namespaces", "mptcp", "nginx", "wget", "curl"));

/** SHA-256 of what came through the agent; the exit code where it failed. */
async function download(blocks: number, perSecond: number): Promise<string> {
  const url = source.url(blocks, perSecond);
  const command = `set -o pipefail; curl -sS -x http://127.0.0.1:1080 ${url} | sha256sum`;
  const { exitCode, stdout } = await demo.runIn("ue", "bash", ["-c", command]);
  return exitCode === 0 ? stdout.slice(0, 64) : `exit code ${exitCode}`;
}

async function running(): Promise<SessionRow[]> {
  return sessionListSchema.parse(await staff.call("GET", "/api/sessions?state=running&limit=100")).items;
}

const isDownload = ({ destination, downloadBytes }: SessionRow): boolean =>
  destination.startsWith(demo.contentAddress) && downloadBytes > 100_000;

/** The newest running download that is not one of these, once it shows. */
async function newestDownload(known: readonly SessionRow[] = []): Promise<SessionRow> {
  const keys = new Set(known.map(({ key }) => key));
  return until("a running download", async () =>
    (await running()).find((row) => isDownload(row) && !keys.has(row.key)),
  );
}

async function until<T>(what: string, find: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(100)) {
    const found = await find();
    if (found !== undefined) return found;
  }
  throw new Error(`not within 10 s: ${what}`);
}

async function reload(): Promise<void> {
  await promisify(execFile)(process.execPath, ["dist/twinpath.js", "reload", "--data-dir", demo.dataDir]);
}

async function setLte(state: "up" | "down"): Promise<void> {
  const { exitCode, stderr } = await demo.runIn("lte", "ip", ["link", "set", "ue0", state]);
  if (exitCode !== 0) throw new Error(stderr);
}

describe("a takeover", () => {
  it("fails no connection, and a path that comes later joins a session of the process before", async () => {
    const device = await demo.enrolDevice();
    await setLte("down");
    const slow = download(400, 40);
    const held = await newestDownload();
    const load = await startShortConnections(demo, device, 200);
    const before = await demo.pidOf("testbed-proxy");
    await sleep(1000);
    await reload();
    expect(await demo.pidOf("testbed-proxy")).not.toBe(before);
    await setLte("up");
    const joined = await until("LTE joins the session of the process before", async () => {
      const session = sessionDetailSchema.parse(await staff.call("GET", `/api/sessions/${held.key}`));
      return session.subflows.some(({ access }) => access === "lte") ? session : undefined;
    });
    expect(joined.subflows.map(({ access }) => access).sort()).toEqual(["lte", "wifi"]);
    expect(await slow).toBe(source.sha256(400));
    const { good, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(good).toBeGreaterThan(500);
  });

  it("leaves the process before alone with its sessions: killed, it takes no others along", async () => {
    const before = await demo.pidOf("testbed-proxy");
    const lost = download(400, 20);
    const first = await newestDownload();
    await reload();
    const kept = download(100, 20);
    await newestDownload([first]);
    process.kill(before, "SIGKILL");
    expect(await lost).toMatch(/^exit code /);
    expect(await kept).toBe(source.sha256(100));
  });
});
