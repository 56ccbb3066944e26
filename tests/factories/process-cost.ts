import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** Fields of /proc/<pid>/stat from the third on (proc_pid_stat(5)); null where the process is gone. */
function statFields(pid: string): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

type Entry = { pid: number; parent: number; fields: string[] };

/** A process and its descendants. */
function processTree(pid: number): Entry[] {
  const table = readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((name): Entry[] => {
      const fields = statFields(name);
      return fields === null ? [] : [{ pid: Number(name), parent: Number(fields[1]), fields }];
    });
  const tree = table.filter((entry) => entry.pid === pid);
  for (const known of tree) tree.push(...table.filter(({ parent }) => parent === known.pid));
  return tree;
}

/**
 * CPU seconds, user and kernel, of a process and its descendants so far, ended threads and reaped children included
 * (utime, stime, cutime, cstime; their sum is precise, unlike its parts: kernel/sched/cputime.c, cputime_adjust).
 */
export function cpuSeconds(pid: number): number {
  const ticks = processTree(pid)
    .flatMap(({ fields }) => fields.slice(11, 15).map(Number))
    .reduce((sum, value) => sum + value, 0);
  return ticks / ticksPerSecond;
}

/** Resident bytes of a process and its descendants, each shared page counted once among all (Pss, proc_pid_smaps(5)). */
export function residentBytes(pid: number): number {
  return processTree(pid).reduce((sum, entry) => {
    try {
      const pss = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${entry.pid}/smaps_rollup`, "utf8"));
      return sum + Number(pss?.[1] ?? 0) * 1024;
    } catch {
      return sum;
    }
  }, 0);
}

/** How many a process and its descendants are. */
export function processes(pid: number): number {
  return processTree(pid).length;
}

/** Open descriptors of a process and its descendants. */
export function descriptors(pid: number): number {
  return processTree(pid).reduce((sum, entry) => {
    try {
      return sum + readdirSync(`/proc/${entry.pid}/fd`).length;
    } catch {
      return sum;
    }
  }, 0);
}
