import { readdir, readFile, stat } from "node:fs/promises";

/** Kernel start time of a process in clock ticks; null where there is none. With it a pid means one process only. */
export async function processStartTime(pid: number): Promise<string | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    // Field 22; the command name before it may hold blanks and brackets (proc_pid_stat(5)).
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

/** Processes whose network namespace is one of these. */
export async function processesIn(namespaceNames: readonly string[]): Promise<number[]> {
  const inodes = new Set<number>();
  for (const name of namespaceNames) {
    const found = await stat(`/run/netns/${name}`).catch(() => null);
    if (found !== null) inodes.add(found.ino);
  }
  const pids: number[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const found = await stat(`/proc/${entry}/ns/net`).catch(() => null);
    if (found !== null && inodes.has(found.ino)) pids.push(Number(entry));
  }
  return pids;
}

/** Send SIGKILL; a process that is gone already is fine. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // ESRCH: it ended by itself.
  }
}
