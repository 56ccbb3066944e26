import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { endChild, type Supervised, supervise } from "@/lib/cli/supervisor";

let folder: string;
let pidFile: string;
let supervised: Supervised | null;
let children: ChildProcess[];
let events: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "supervisor-"));
  pidFile = join(folder, "run", "part.pid");
  supervised = null;
  children = [];
  events = [];
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await supervised?.stop();
  await rm(folder, { recursive: true, force: true });
});

function run(start: () => ChildProcess): Supervised {
  supervised = supervise({
    name: "part",
    runFolder: join(folder, "run"),
    start: () => {
      const child = start();
      children.push(child);
      return child;
    },
    onEvent: (sentence) => events.push(sentence),
    stopGraceMs: 200,
  });
  return supervised;
}

const idle = (): ChildProcess => spawn("sleep", ["60"], { stdio: "ignore" });
const failing = (): ChildProcess => spawn("false", { stdio: "ignore" });
/** Says "ready" once it ignores SIGTERM. */
const stubborn = (): ChildProcess =>
  spawn("sh", ["-c", "trap '' TERM; echo ready; read line"], { stdio: ["pipe", "pipe", "ignore"] });
const keptPid = (): number => Number(readFileSync(pidFile, "utf8"));

function isRunning(pid: number | undefined): boolean {
  try {
    return process.kill(pid ?? 0, 0);
  } catch {
    return false;
  }
}

describe("supervise", () => {
  it("starts a killed child again within half a second, and keeps its pid", async () => {
    run(idle);
    expect(keptPid()).toBe(children[0]?.pid);
    const began = performance.now();
    children[0]?.kill("SIGKILL");
    await vi.waitFor(() => expect(children).toHaveLength(2), { interval: 5 });
    expect(performance.now() - began).toBeLessThan(500);
    expect(keptPid()).toBe(children[1]?.pid);
    expect(events).toEqual(["part ended (SIGKILL); starting it again in 100 ms"]);
  });

  it("waits ever longer for a child that fails at once, up to five seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      run(failing);
      for (let count = 1; count <= 8; count += 1) {
        while (events.length < count) await new Promise((resolve) => setImmediate(resolve));
        await vi.advanceTimersByTimeAsync(5000);
      }
    } finally {
      vi.useRealTimers();
    }
    const pauses = events.slice(0, 8).map((sentence) => Number(/in (\d+) ms$/.exec(sentence)?.[1]));
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    expect(events[0]).toMatch(/^part ended \(exit code 1\); /);
  });

  it("begins with the short pause again after a good run", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      let count = 0;
      run(() => {
        count += 1;
        return count < 3 ? failing() : idle();
      });
      await vi.waitFor(() => expect(children).toHaveLength(3), { timeout: 2000 });
      vi.setSystemTime(Date.now() + 6000);
      children[2]?.kill("SIGKILL");
      await vi.waitFor(() => expect(children).toHaveLength(4));
    } finally {
      vi.useRealTimers();
    }
    expect(events.map((sentence) => / in (\d+) ms$/.exec(sentence)?.[1])).toEqual(["100", "200", "100"]);
  });

  it("ends the child at its stop, removes the pid file and starts no other", async () => {
    const { stop } = run(idle);
    await stop();
    expect(isRunning(children[0]?.pid)).toBe(false);
    expect(existsSync(pidFile)).toBe(false);
    expect(children).toHaveLength(1);
    expect(events).toEqual([]);
    await stop();
  });

  it("stops while it waits to start a child again", async () => {
    const { stop } = run(failing);
    await vi.waitFor(() => expect(events).toHaveLength(3));
    const began = performance.now();
    await stop();
    expect(performance.now() - began).toBeLessThan(350);
    expect(children).toHaveLength(3);
    expect(existsSync(pidFile)).toBe(false);
  });

  it("kills a child that does not end by itself within the grace", async () => {
    const { stop } = run(stubborn);
    const [child] = children;
    if (child?.stdout) await once(child.stdout, "data");
    const began = performance.now();
    await stop();
    expect(child?.signalCode).toBe("SIGKILL");
    expect(performance.now() - began).toBeGreaterThan(190);
    expect(isRunning(child?.pid)).toBe(false);
  });

  it("goes on with a program that is not there, and stops", async () => {
    const { stop } = run(() => spawn(join(folder, "nothing")));
    await vi.waitFor(() => expect(events.length).toBeGreaterThan(1));
    expect(events[0]).toContain("ENOENT");
    await stop();
  });

  it("goes on where a start throws, as on a full disk", async () => {
    let count = 0;
    run(() => {
      count += 1;
      if (count === 1) throw new Error("no space left");
      return idle();
    });
    await vi.waitFor(() => expect(children).toHaveLength(1));
    expect(events).toEqual(["part ended (no space left); starting it again in 100 ms"]);
    expect(keptPid()).toBe(children[0]?.pid);
  });

  it("knows whether the child that runs has said that it serves", async () => {
    const serving = (): ChildProcess =>
      spawn(process.execPath, ["-e", "process.send('ready'); setInterval(() => {}, 1000)"], {
        stdio: ["ignore", "ignore", "ignore", "ipc"],
      });
    const { isReady } = run(() => (children.length === 0 ? serving() : idle()));
    expect(isReady()).toBe(false);
    await vi.waitFor(() => expect(isReady()).toBe(true), { timeout: 5000 });
    children[0]?.kill("SIGKILL");
    await vi.waitFor(() => expect(children).toHaveLength(2), { interval: 5 });
    expect(isReady()).toBe(false);
  });

  it("keeps a child whose pid cannot be written", async () => {
    await mkdir(pidFile, { recursive: true });
    run(idle);
    expect(events).toEqual([expect.stringContaining("is not written")]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(children).toHaveLength(1);
    await rm(pidFile, { recursive: true });
  });
});

describe("endChild", () => {
  it("returns at once for a child that has ended", async () => {
    const child = failing();
    children.push(child);
    await once(child, "exit");
    await endChild(child);
    await endChild(child, 10);
  });
});

/** Says it serves, unless it is to fail, and asks for a successor at SIGUSR2. */
const part = (isFailing = false): ChildProcess =>
  spawn(
    process.execPath,
    [
      "-e",
      isFailing
        ? "process.exit(3)"
        : `process.on("SIGUSR2", () => process.send("restart"));
           process.on("message", (message) => console.log(JSON.stringify(message)));
           process.send("ready");`,
    ],
    { stdio: ["ignore", "pipe", "inherit", "ipc"] },
  );

describe("supervise, with a successor", () => {
  const kept = (child: ChildProcess): ChildProcess => {
    children.push(child);
    return child;
  };
  function runWith(startSuccessor: () => ChildProcess): Supervised {
    supervised = supervise({
      name: "part",
      runFolder: join(folder, "run"),
      start: () => kept(part()),
      startSuccessor: () => kept(startSuccessor()),
      onEvent: (sentence) => events.push(sentence),
      stopGraceMs: 200,
    });
    return supervised;
  }

  it("replaces the child when it asks, and tells it; the one before may end later, and is ended at the stop", async () => {
    const { isReady, stop } = runWith(() => part());
    await vi.waitFor(() => expect(isReady()).toBe(true));
    const [first] = children;
    const told = once(first?.stdout ?? process.stdin, "data");
    first?.kill("SIGUSR2");
    expect(String(await told)).toBe('{"restart":"done"}\n');
    expect(keptPid()).toBe(children[1]?.pid);
    expect(isRunning(first?.pid)).toBe(true);
    first?.kill("SIGKILL");
    await once(first ?? process, "exit");
    await supervised?.restart();
    expect(children).toHaveLength(3);
    await stop();
    expect(children.map(({ pid }) => isRunning(pid))).toEqual([false, false, false]);
  });

  it("keeps the child where its successor fails, and says why", async () => {
    const { isReady, restart } = runWith(() => part(true));
    await vi.waitFor(() => expect(isReady()).toBe(true));
    await expect(restart()).rejects.toThrow("exit code 3");
    expect(isReady()).toBe(true);
    expect(keptPid()).toBe(children[0]?.pid);
    expect(isRunning(children[0]?.pid)).toBe(true);
  });

  it("starts the newest child again where that one is killed", async () => {
    const { isReady, restart } = runWith(() => part());
    await vi.waitFor(() => expect(isReady()).toBe(true));
    await restart();
    children[1]?.kill("SIGKILL");
    await vi.waitFor(() => expect(children).toHaveLength(3));
    expect(keptPid()).toBe(children[2]?.pid);
  });
});
