import { readFileSync } from "node:fs";

const pattern = /^table inet (twinpath_agent_([0-9]+)_([0-9]+))$/;

/** Kernel start time of a process in clock ticks; null where there is none. With it a pid means one process only. */
function processStartTime(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Field 22; the command name before it may hold blanks and brackets (proc_pid_stat(5)).
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

/** The name of this process's nftables table; it says whose the table is, so that one left behind is known as such. */
export function ownTableName(): string {
  return `twinpath_agent_${process.pid}_${processStartTime(process.pid) ?? "0"}`;
}

export type FoundTables = { stale: string[]; livePid: number | null };

/** Tables of agents in the output of `nft list tables`: those of dead processes, and the pid of one that lives. */
export function sortAgentTables(listing: string): FoundTables {
  const found: FoundTables = { stale: [], livePid: null };
  for (const line of listing.split("\n")) {
    const [, name, pid, startTime] = pattern.exec(line.trim()) ?? [];
    if (name === undefined) continue;
    if (processStartTime(Number(pid)) !== startTime || Number(pid) === process.pid) found.stale.push(name);
    else found.livePid = Number(pid);
  }
  return found;
}
