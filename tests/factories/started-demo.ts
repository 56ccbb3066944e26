import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DemoOrder } from "@/lib/contracts/demo";
import { type DemoRun, demoRunSchema, type LiveEvent, liveEventSchema } from "@/lib/contracts/live";
import { EventStreamParser } from "@/lib/shared/event-stream";
import { freePort } from "./free-port";

const exec = promisify(execFile);
const root = process.cwd();

export type LiveSnapshot = Extract<LiveEvent, { type: "snapshot" }>;
/** Suffixes of the testbed's namespaces. */
export type TestbedPlace = "ue" | "gue" | "lte" | "wifi" | "mp" | "icp";
export type CommandResult = { exitCode: number; stdout: string; stderr: string };

/** The product as shipped, with its testbed, in a data folder of its own. */
export type StartedDemo = {
  portalUrl: string;
  setupUrl: string | null;
  dataDir: string;
  /** Names of the testbed's namespaces by place. */
  namespace: (place: TestbedPlace) => string;
  contentAddress: string;
  proxyAddress: string;
  /** Device credentials that were enrolled for this test. */
  enrolDevice: () => Promise<{ deviceId: string; secret: string }>;
  /** Run a program in a namespace; never rejects for its exit code. */
  runIn: (place: TestbedPlace, command: string, args: string[]) => Promise<CommandResult>;
  pidOf: (part: "testbed-proxy" | "testbed-agent" | "portal") => Promise<number>;
  logOf: (part: "testbed-proxy" | "testbed-agent" | "portal") => Promise<string>;
  stop: () => Promise<void>;
};

function match(text: string, pattern: RegExp): string | null {
  return pattern.exec(text)?.[1] ?? null;
}

async function untilReady(child: ChildProcess, deadlineMs: number): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`the demo ${why}:\n${text}`));
    const timer = setTimeout(() => fail(`was not ready in ${deadlineMs / 1000} s`), deadlineMs);
    const take = (chunk: Buffer): void => {
      text += chunk;
      if (!text.includes("Ctrl-C") || !text.includes("On the UE:")) return;
      clearTimeout(timer);
      resolve(text);
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", (chunk) => (text += chunk));
    child.once("exit", (code) => {
      clearTimeout(timer);
      fail(`ended with code ${code}`);
    });
  });
}

/** Start `twinpath demo` and wait until it is ready. Objects of the content provider are shared between starts. */
export async function startDemo(
  options: { preset?: string; dataDir?: string; env?: Record<string, string> } = {},
): Promise<StartedDemo> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(root, ".data-test-")));
  const port = await freePort();
  const args = [
    "dist/twinpath.js",
    "demo",
    "--data-dir",
    dataDir,
    "--port",
    String(port),
    "--preset",
    options.preset ?? "city",
  ];
  const env = { ...process.env, ...options.env };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await exited;
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  const text = await untilReady(child, 120_000).catch(async (error) => {
    await stop();
    throw error;
  });
  const id = match(text, /Testbed: (\S+)/) ?? "";
  const contentAddress = match(text, /http:\/\/([0-9.]+)\/\s*$/m) ?? "";
  const proxyAddress = match(text, /Proxy: +([0-9.]+):/) ?? "";
  const namespace: StartedDemo["namespace"] = (place) => `tp-${id}-${place}`;
  return {
    portalUrl: match(text, /Portal: +(\S+)/) ?? "",
    setupUrl: match(text, /Set-up: +(\S+)/),
    dataDir,
    namespace,
    contentAddress,
    proxyAddress,
    enrolDevice: async () => {
      const { stdout } = await exec(process.execPath, ["dist/twinpath.js", "enrol", "--data-dir", dataDir], {
        cwd: root,
      });
      return { deviceId: match(stdout, /Device: +(\S+)/) ?? "", secret: match(stdout, /Secret: +(\S+)/) ?? "" };
    },
    runIn: (place, command, commandArgs) =>
      new Promise((resolve) => {
        const line = ["netns", "exec", namespace(place), command, ...commandArgs];
        execFile("ip", line, { maxBuffer: 64 * 1024 * 1024, encoding: "utf8" }, (error, stdout, stderr) =>
          resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
        );
      }),
    pidOf: async (part) => Number(await readFile(join(dataDir, "run", `${part}.pid`), "utf8")),
    logOf: (part) => readFile(join(dataDir, "logs", `${part}.log`), "utf8"),
    stop,
  };
}

/** Of the first administrator, for browsers that sign in by the form. */
export const firstAccount = { email: "first@example.org", password: "correct horse battery staple" };

/** A signed-in member of staff who speaks to the portal's API. */
export class SignedInStaff {
  private readonly cookies = new Map<string, string>();

  private constructor(private readonly portalUrl: string) {}

  /** Make the first account by the set-up link and sign in. */
  static async byLink(demo: Pick<StartedDemo, "portalUrl" | "setupUrl">): Promise<SignedInStaff> {
    if (demo.setupUrl === null) throw new Error("the portal already has an account");
    const staff = new SignedInStaff(demo.portalUrl);
    const token = new URL(demo.setupUrl).searchParams.get("token");
    await staff.call("POST", "/api/setup", { ...firstAccount, token, name: "First Admin" });
    await staff.signIn();
    return staff;
  }

  /** Sign in once more, as in another browser, with the account that `byLink` made. */
  static async again(demo: Pick<StartedDemo, "portalUrl">): Promise<SignedInStaff> {
    const staff = new SignedInStaff(demo.portalUrl);
    await staff.signIn();
    return staff;
  }

  private async signIn(): Promise<void> {
    const { csrfToken } = await (await this.fetch("/api/auth/csrf")).json();
    const form = new URLSearchParams({ ...firstAccount, csrfToken, json: "true" });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    await this.fetch("/api/auth/callback/credentials", { method: "POST", headers, body: form.toString() });
  }

  /** The JSON answer. Errors: Error with the problem document. */
  async call(
    method: "GET" | "POST" | "PUT",
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<unknown> {
    const headers = { "content-type": "application/json", ...more };
    const response = await this.fetch(
      path,
      body === undefined ? { method } : { method, headers, body: JSON.stringify(body) },
    );
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }

  /** What the browser's event stream says first. */
  async liveSnapshot(): Promise<LiveSnapshot> {
    const abort = new AbortController();
    const seen: { first?: LiveSnapshot } = {};
    await this.followLive(abort.signal, (event) => {
      if (event.type !== "snapshot") return;
      seen.first ??= event;
      abort.abort();
    });
    if (seen.first === undefined) throw new Error("the event stream ended without a snapshot");
    return seen.first;
  }

  /** The browser's event stream, event by event, until it ends or `signal` says so. */
  async followLive(signal: AbortSignal, onEvent: (event: LiveEvent) => void): Promise<void> {
    const parser = new EventStreamParser();
    const decoder = new TextDecoder();
    try {
      const response = await this.fetch("/api/live", { signal });
      const reader = response.body?.getReader();
      for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read())
        for (const { data } of parser.push(decoder.decode(chunk.value, { stream: true })))
          onEvent(liveEventSchema.parse(JSON.parse(data)));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Order a demo run and follow it to its end. */
  async runDemo(request: DemoOrder): Promise<DemoRun> {
    let run = demoRunSchema.parse(await this.call("POST", "/api/demo/runs", request));
    while (run.state === "queued" || run.state === "running") {
      await new Promise((resolve) => setTimeout(resolve, 500));
      run = demoRunSchema.parse(await this.call("GET", `/api/demo/runs/${run.id}`));
    }
    return run;
  }

  /** Any request, with this browser's session. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...init.headers, cookie, origin: this.portalUrl };
    const response = await fetch(`${this.portalUrl}${path}`, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }
}
