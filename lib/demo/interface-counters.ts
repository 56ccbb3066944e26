/** Bytes at an interface since it was made, link-layer headers included. */
export type InterfaceCounters = { rxBytes: number; txBytes: number };

/** One interface's counters out of /proc/net/dev (proc_pid_net(5)); null where it has no such interface. */
export function parseInterfaceCounters(text: string, interfaceName: string): InterfaceCounters | null {
  for (const line of text.split("\n")) {
    const [name, values] = line.trim().split(/:\s*/);
    if (name !== interfaceName || values === undefined) continue;
    const fields = values.split(/\s+/);
    return { rxBytes: Number(fields[0]), txBytes: Number(fields[8]) };
  }
  return null;
}
