import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { EngineStats } from "@/lib/mptcp";
import { dial, receive } from "./net-ends";
import { bundleChild, runChild } from "./run-child";

async function run(scenario: string) {
  return runChild([process.execPath, await bundleChild("process-child.ts"), scenario], { timeoutMs: 10_000 });
}

describe("an engine in its process", () => {
  it("lets the process exit at once while sessions are busy", async () => {
    expect(await run("exit-busy")).toEqual({ status: 0, signal: null, stdout: "", stderr: "" });
  });

  it("lets the process end by itself after stop, with a path manager still subscribed", async () => {
    expect(await run("end-after-stop")).toEqual({ status: 0, signal: null, stdout: "", stderr: "" });
  });

  it("hands what a listener throws to the process and goes on", async () => {
    const result = await run("throw-in-listener");
    expect(result).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(result.stdout)).toEqual(["from the listener"]);
  });

  it("does not spin without descriptors, refuses cleanly, keeps its sessions, and recovers", async () => {
    const bundle = await bundleChild("process-child.ts");
    /* Room for Node, the engine and about twenty sessions of three descriptors each (client, upstream, server). */
    const child = spawn("sh", ["-c", 'ulimit -n 100; exec "$0" "$@"', process.execPath, bundle, "serve"]);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ask = async () => {
      child.stdin.write("\n");
      return JSON.parse((await lines.next()).value) as EngineStats & { cpuMs: number };
    };
    const port = Number((await lines.next()).value);
    const first = await dial(port);
    first.write("a");
    await receive(first, 1);
    const many = await Promise.all(Array.from({ length: 120 }, () => dial(port).catch(() => null)));
    for (const client of many) client?.write("x");
    await sleep(300);
    const before = await ask();
    await sleep(1000);
    const after = await ask();
    expect(after.refused).toBeGreaterThan(0);
    expect(after.cpuMs - before.cpuMs).toBeLessThan(300);
    first.write("b");
    expect((await receive(first, 1)).toString()).toBe("b");
    for (const client of many) client?.destroy();
    await sleep(300);
    const late = await dial(port);
    late.write("c");
    expect((await receive(late, 1)).toString()).toBe("c");
    late.destroy();
    first.destroy();
    child.stdin.end();
    const [status] = await once(child, "close");
    expect(status).toBe(0);
  });
});
