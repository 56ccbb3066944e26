import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { AccessLinkId } from "@/lib/contracts/demo";
import { AppError } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { buildLinkdelay } from "./build-linkdelay";
import type { DelayLine } from "./delay-line";
import { requireTools } from "./prerequisites";
import type { ProcessGroup } from "./process-group";
import { runCommand } from "./run-command";
import type { Place } from "./testbed";

/** One netfilter queue a direction: towards the UEs, and from them. */
const queues = { download: 0, upload: 1 } as const;

/** The answers of a line-based program, one a question. */
class Conversation {
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  #end: AppError | null = null;

  constructor(
    readonly child: ChildProcess,
    onUnexpectedEnd: (error: AppError) => void,
  ) {
    let errorText = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      errorText += chunk.toString();
    });
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on("line", (line) => this.#waiting.shift()?.resolve(line));
    child.stdin?.on("error", () => {});
    const end = (why: string) => {
      if (this.#end !== null) return;
      this.#end = new AppError("TESTBED_LINK_DELAY", `The link's delay line ended (${why}): start the testbed again.`);
      for (const { reject } of this.#waiting.splice(0)) reject(this.#end);
      onUnexpectedEnd(this.#end);
    };
    child.on("error", (error) => end(error.message));
    child.on("close", (code, signal) => end(errorText.trim() || signal || `exit code ${code}`));
  }

  answer(): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#end === null) this.#waiting.push({ resolve, reject });
      else reject(this.#end);
    });
  }

  async ask(question: string): Promise<void> {
    const answer = this.answer();
    this.child.stdin?.write(`${question}\n`);
    const line = await answer;
    if (line !== "ok")
      throw new AppError("TESTBED_LINK_DELAY", `The delay line refused "${question}": ${line}. Check the settings.`);
  }
}

/**
 * linkdelay on the access router's forwarding, in front of the interfaces that limit the rate: packets wait out the
 * delay first and meet the link's queue after. Should the program die, its link carries nothing rather than everything
 * undelayed.
 *
 * Errors: AppError TESTBED_NEEDS_PACKAGE without iptables or a compiler; TESTBED_LINK_DELAY where a queue is refused.
 */
export async function createNfqueueDelayLine(
  access: AccessLinkId,
  namespaces: Readonly<Record<Place, string>>,
  processes: ProcessGroup,
  log: Log,
): Promise<DelayLine> {
  await requireTools(["iptables-legacy"]);
  const program = await buildLinkdelay();
  const child = processes.spawn(namespaces[access], program, [`${queues.download}`, `${queues.upload}`], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const conversation = new Conversation(child, (error) => {
    if (!processes.isEnding) log.error({ access, error: error.message }, "delay line lost");
  });
  await conversation.answer();
  for (const [side, queue] of [["-i", queues.download] as const, ["-o", queues.upload] as const]) {
    const rule = ["-A", "FORWARD", side, "core0", "-j", "NFQUEUE", "--queue-num", `${queue}`];
    await runCommand("ip", ["netns", "exec", namespaces[access], "iptables-legacy", "-w", ...rule]);
  }
  return {
    method: "nfqueue",
    async apply({ oneWayMs, lossPercent }) {
      const what = `${Math.round(oneWayMs * 1000)} ${Math.round(lossPercent * 10_000)}`;
      await Promise.all(Object.values(queues).map((queue) => conversation.ask(`${queue} ${what}`)));
    },
  };
}
