import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { AppError } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";
import { toolEnv } from "./run-command";

/** How long a process may take to end by itself after SIGTERM. */
const graceMs = 2000;

/** The testbed's processes: each runs in a namespace, and dies with us even when we are killed. */
export class ProcessGroup {
  readonly #running = new Set<ChildProcess>();
  #isEnding = false;

  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Neither setpriv nor `ip netns exec` forks: the child's pid is the command's. */
  spawn(namespace: string, command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    if (this.#isEnding) throw new AppError("TESTBED_STOPPED", `The testbed was stopped: "${command}" was not started.`);
    const whole = ["--pdeathsig", "KILL", "--", "ip", "netns", "exec", namespace, command, ...args];
    const child = spawn("setpriv", whole, { ...options, env: options.env ?? toolEnv() });
    this.#running.add(child);
    child.on("close", () => this.#running.delete(child));
    child.on("error", () => this.#running.delete(child));
    return child;
  }

  /** SIGTERM to all, SIGKILL to what is left after the grace. */
  async end(): Promise<void> {
    this.#isEnding = true;
    for (const child of this.#running) child.kill("SIGTERM");
    const deadline = Date.now() + graceMs;
    while (this.#running.size > 0 && Date.now() < deadline) await sleep(10);
    for (const child of this.#running) child.kill("SIGKILL");
  }
}
