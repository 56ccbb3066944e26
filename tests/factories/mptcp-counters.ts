import { readFile } from "node:fs/promises";

/**
 * One of the kernel's MPTCP counters in the namespace of a process: the pairs of lines of proc_pid_net(5), "netstat".
 * Errors: Error for a name the kernel does not have.
 */
export async function mptcpCounter(pid: number, name: string): Promise<number> {
  const lines = (await readFile(`/proc/${pid}/net/netstat`, "utf8")).split("\n");
  const [names, counts] = lines.filter((line) => line.startsWith("MPTcpExt:")).map((line) => line.split(" "));
  const at = names?.indexOf(name) ?? -1;
  if (at === -1) throw new Error(`the kernel has no counter MPTcpExt ${name}`);
  return Number(counts?.[at]);
}
