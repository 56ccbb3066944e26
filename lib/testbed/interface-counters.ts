import { type FileHandle, open } from "node:fs/promises";
import { type InterfaceCounters, parseInterfaceCounters } from "@/lib/demo";
import { AppError } from "@/lib/shared/errors";
import type { ProcessGroup } from "./process-group";

/**
 * Byte counters of the interfaces of one namespace.
 *
 * Keeps /proc/<pid>/net/dev open: the open file belongs to the namespace (proc_net(5), fs/proc/proc_net.c), not to the
 * process it was opened through, so that a read is one system call and needs no process in there.
 */
export class NamespaceCounters {
  readonly #buffer = Buffer.alloc(16_384);

  private constructor(readonly file: FileHandle) {}

  static async open(processes: ProcessGroup, namespace: string): Promise<NamespaceCounters> {
    const child = processes.spawn(namespace, "cat", [], { stdio: ["pipe", "pipe", "ignore"] });
    try {
      // `cat` answers from inside the namespace: from then on its /proc entry is the namespace's.
      await new Promise<void>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", () => reject(new AppError("TESTBED_STOPPED", `No process can run in ${namespace}.`)));
        child.stdout?.once("data", () => resolve());
        child.stdin?.on("error", () => {});
        child.stdin?.write("\n");
      });
      return new NamespaceCounters(await open(`/proc/${child.pid}/net/dev`, "r"));
    } finally {
      child.stdin?.end();
    }
  }

  /** AppError TESTBED_NO_INTERFACE for a name that the namespace does not have. */
  async read(interfaceName: string): Promise<InterfaceCounters> {
    const { bytesRead } = await this.file.read(this.#buffer, 0, this.#buffer.length, 0);
    const counters = parseInterfaceCounters(this.#buffer.toString("latin1", 0, bytesRead), interfaceName);
    if (counters !== null) return counters;
    throw new AppError("TESTBED_NO_INTERFACE", `There is no interface ${interfaceName} to count at.`);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
