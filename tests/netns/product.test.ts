import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DemoRun } from "@/lib/contracts/live";
import { type SessionRow, sessionListSchema } from "@/lib/contracts/portal";
import { sleep } from "@/lib/shared/sleep";
import { requireAbility } from "../factories/ability";
import { SignedInStaff, type StartedDemo, startDemo } from "../factories/started-demo";

/** The product as shipped, with its testbed; one start for all tests of this file. */
let demo: StartedDemo;
let staff: SignedInStaff;
let who: string;

const sizeBytes = 20_000_000;
const agent = "http://127.0.0.1:1080";
const url = (path: string): string => `http://${demo.contentAddress}/${path}`;
const object = (): string => url(`object-${sizeBytes}.bin`);
const proxy = (): string => `${demo.proxyAddress}:1080`;

async function sha256Through(command: string): Promise<string> {
  const { stdout, stderr } = await demo.runIn("ue", "bash", ["-c", `set -o pipefail; ${command} | sha256sum`]);
  return stdout.slice(0, 64) || stderr;
}

async function expectedSha256(): Promise<string> {
  const content = await readFile(join(demo.dataDir, "testbed/objects", `object-${sizeBytes}.bin`));
  return createHash("sha256").update(content).digest("hex");
}

async function endedSessions(): Promise<SessionRow[]> {
  return sessionListSchema.parse(await staff.call("GET", "/api/sessions?state=ended&limit=100")).items;
}

/** A session's id is unique within its process only. */
const keyOf = (row: SessionRow): string => `${row.id} ${row.startedAt}`;

/** The one session that `work` makes, once the portal knows its end. */
async function sessionOf(work: () => Promise<void>): Promise<SessionRow> {
  const known = new Set((await endedSessions()).map(keyOf));
  await work();
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const row = (await endedSessions()).find((entry) => !known.has(keyOf(entry)));
    if (row !== undefined) return row;
    await sleep(100);
  }
  throw new Error("the session was not reported within 6 s");
}

async function untilAnswering(): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(100))
    if (
      await endedSessions().then(
        () => true,
        () => false,
      )
    )
      return;
  throw new Error("the portal did not answer within 20 s");
}

function goodput(run: DemoRun, lane: string): number {
  const found = run.lanes.find((entry) => entry.lane === lane);
  return found?.elapsedMs == null ? 0 : (found.deliveredBytes * 8) / found.elapsedMs;
}

beforeAll(async () => {
  if (process.getuid?.() !== 0) return;
  demo = await startDemo();
  staff = await SignedInStaff.byLink(demo);
  const device = await demo.enrolDevice();
  who = `${device.deviceId}:${device.secret}`;
});

afterAll(async () => {
  await demo?.stop();
});

beforeEach((context) => requireAbility(context, "root", "namespaces", "mptcp", "nginx", "wget", "curl"));

describe("aggregation", () => {
  it("gives nearly the sum of both paths, with the same payload in every lane", async () => {
    const run = await staff.runDemo({ preset: "city", sizeBytes, lanes: ["lte-only", "wifi-only", "lte-wifi"] });
    expect(run.lanes.map((lane) => [lane.lane, lane.state, lane.error])).toEqual([
      ["lte-only", "finished", null],
      ["wifi-only", "finished", null],
      ["lte-wifi", "finished", null],
    ]);
    expect(new Set(run.lanes.map((lane) => lane.sha256))).toEqual(new Set([await expectedSha256()]));
    const best = Math.max(goodput(run, "lte-only"), goodput(run, "wifi-only"));
    expect(goodput(run, "lte-wifi")).toBeGreaterThan(best);
  });
});

describe("counters", () => {
  it("account for every byte of a download over both paths", async () => {
    const row = await sessionOf(async () => {
      expect(await sha256Through(`curl -sS -x ${agent} ${object()}`)).toBe(await expectedSha256());
    });
    const sum = (pick: "uploadBytes" | "downloadBytes"): number =>
      row.subflows.reduce((total, subflow) => total + subflow[pick], 0);
    expect(row.transport).toBe("mptcp");
    expect(row.subflows.map(({ access }) => access).sort()).toEqual(["lte", "wifi"]);
    expect(row.subflows.every(({ downloadBytes }) => downloadBytes > 0)).toBe(true);
    expect(sum("downloadBytes")).toBe(row.downloadBytes + row.handshakeDownloadBytes + row.reinjectedBytes);
    expect(sum("uploadBytes")).toBe(row.uploadBytes + row.handshakeUploadBytes);
    expect(row.downloadBytes).toBeGreaterThan(sizeBytes);
  });

  it("account for every byte of an upload over both paths", async () => {
    const row = await sessionOf(async () => {
      const upload = `head -c 5000000 /dev/zero | curl -sS -x ${agent} -H Expect: -T - ${url("upload")}`;
      expect((await demo.runIn("ue", "bash", ["-c", upload])).stdout).toBe("taken\n");
    });
    const sent = row.subflows.reduce((total, subflow) => total + subflow.uploadBytes, 0);
    expect(row.uploadBytes).toBeGreaterThan(5_000_000);
    expect(sent).toBe(row.uploadBytes + row.handshakeUploadBytes);
  });
});

describe("fallback", () => {
  it("serves a plain TCP client at the proxy and says so", async () => {
    const row = await sessionOf(async () => {
      expect(await sha256Through(`curl -sS --socks5-hostname ${who}@${proxy()} ${object()}`)).toBe(
        await expectedSha256(),
      );
    });
    expect(row.transport).toBe("tcp");
    expect(row.subflows).toHaveLength(1);
  });

  it("goes on over plain TCP where a middlebox strips MPTCP from WiFi", async () => {
    const strip = ["-t", "mangle", "-A", "FORWARD", "-p", "tcp", "-j", "TCPOPTSTRIP", "--strip-options", "30"];
    expect((await demo.runIn("wifi", "iptables-legacy", strip)).stderr).toBe("");
    try {
      const row = await sessionOf(async () => {
        expect(await sha256Through(`curl -sS -x ${agent} ${object()}`)).toBe(await expectedSha256());
      });
      expect(row.transport).toBe("tcp");
    } finally {
      await demo.runIn("wifi", "iptables-legacy", ["-t", "mangle", "-F", "FORWARD"]);
    }
    expect(await demo.logOf("testbed-agent")).toContain("MPTCP was refused on the way");
  });
});

describe("the explicit model", () => {
  it("sends what is not white-listed the normal way, not through the proxy", async () => {
    const before = (await endedSessions()).length;
    const direct = await demo.runIn("ue", "curl", [
      "-sS",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      "-x",
      agent,
      "http://127.0.0.1:9/",
    ]);
    expect(direct.stdout).toBe("502");
    expect((await endedSessions()).length).toBe(before);
  });

  it("refuses destinations that are not white-listed at the proxy: SOCKS 02, HTTP 403 with the reason", async () => {
    const socks = await demo.runIn("ue", "curl", ["-sS", "--socks5", `${who}@${proxy()}`, "http://198.18.20.1/"]);
    expect(socks.stderr).toContain("(2)");
    const http = await demo.runIn("ue", "curl", [
      "-sS",
      "-w",
      "%{http_code}",
      "--proxy",
      `http://${who}@${proxy()}`,
      "http://198.18.20.1/",
    ]);
    expect(http.stdout).toMatch(/does not allow this[\s\S]*403$/);
  });

  it("refuses wrong credentials and keeps the secret out of the log", async () => {
    const wrong = `${who.split(":")[0]}:not-the-secret-of-anyone`;
    const socks = await demo.runIn("ue", "curl", ["-sS", "--socks5", `${wrong}@${proxy()}`, object()]);
    expect(socks.exitCode).toBe(97);
    const args = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--proxy", `http://${wrong}@${proxy()}`, object()];
    expect((await demo.runIn("ue", "curl", args)).stdout).toBe("407");
    const log = await demo.logOf("testbed-proxy");
    expect(log).toContain("wrong credentials for");
    expect(log).not.toContain("not-the-secret-of-anyone");
  });
});

describe("restart", () => {
  it("brings the proxy back after kill -9, and a new transfer works", async () => {
    const pid = await demo.pidOf("testbed-proxy");
    process.kill(pid, "SIGKILL");
    const began = Date.now();
    const args = ["-s", "-o", "/dev/null", "--max-time", "1", "--socks5", `${who}@${proxy()}`, url("")];
    while ((await demo.runIn("ue", "curl", args)).exitCode !== 0) {
      if (Date.now() - began > 10_000) throw new Error("the proxy did not come back within 10 s");
      await sleep(50);
    }
    expect(await demo.pidOf("testbed-proxy")).not.toBe(pid);
    expect(await sha256Through(`curl -sS -x ${agent} ${object()}`)).toBe(await expectedSha256());
  });

  it("brings the database back after kill -9, and the portal goes on", async () => {
    const pidFile = join(demo.dataDir, "postgres/postmaster.pid");
    const pid = Number((await readFile(pidFile, "utf8")).split("\n")[0]);
    const row = await sessionOf(async () => {
      process.kill(pid, "SIGKILL");
      expect(await sha256Through(`curl -sS -x ${agent} ${object()}`)).toBe(await expectedSha256());
      await untilAnswering();
    });
    expect(row.downloadBytes).toBeGreaterThan(sizeBytes);
    expect(Number((await readFile(pidFile, "utf8")).split("\n")[0])).not.toBe(pid);
  });
});
