import { readFile } from "node:fs/promises";

/**
 * What tells a process from any other, before and after it: the machine's start, its number, and when it began.
 * Source: proc_pid_stat(5), field 22 (starttime); its second field may hold spaces and brackets. Null: no such process.
 */
async function markOf(pid: number): Promise<string | null> {
  try {
    const [boot, stat] = await Promise.all([
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
      readFile(`/proc/${pid}/stat`, "utf8"),
    ]);
    const startTicks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${pid} ${startTicks} ${boot.trim()}`;
  } catch {
    return null;
  }
}

/** The mark that this process leaves in a folder that is its own. */
export async function ownMark(): Promise<string> {
  return (await markOf(process.pid)) ?? `${process.pid} unknown`;
}

/** Whether the process that left this mark is still there, and is another one than this. */
export async function isOwnedByAnother(mark: string): Promise<boolean> {
  const pid = Number(mark.split(" ")[0]);
  if (!Number.isInteger(pid) || pid < 1 || pid === process.pid) return false;
  return (await markOf(pid)) === mark;
}
