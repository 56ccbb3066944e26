import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";
import type { ProcessGroup } from "./process-group";
import type { Place } from "./testbed";
import { hostNames, nameServer } from "./topology";

/** dnsmasq opens its port within some 10 ms; this is for a machine that is busy. */
const startMs = 10_000;
const ttlSeconds = 5;
/** The places whose programs resolve names. */
const askers: readonly Place[] = ["ue", "generalUe", "proxy"];

/** What `ip netns exec` shows as /etc to programs of a namespace, ip-netns(8). */
const settingsFolder = (namespace: string): string => join("/etc/netns", namespace);

/** Make the name server that of every program which is started in the UEs' and the proxy's namespaces from now on. */
export async function writeResolvConf(namespaces: Readonly<Record<Place, string>>): Promise<void> {
  for (const place of askers) {
    const folder = settingsFolder(namespaces[place]);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "resolv.conf"), `nameserver ${nameServer}\n`);
  }
}

/** Remove what `writeResolvConf` wrote for these namespaces. */
export async function removeResolvConf(namespaceNames: readonly string[]): Promise<void> {
  for (const name of namespaceNames) await rm(settingsFolder(name), { recursive: true, force: true });
}

/**
 * Start dnsmasq in the content provider's namespace and wait until it has its port. It knows the testbed's hosts and
 * nothing else.
 *
 * Errors: AppError TESTBED_DNSMASQ with what dnsmasq said.
 */
export async function startNameServer(processes: ProcessGroup, namespace: string): Promise<void> {
  const records = Object.entries(hostNames).map(([name, address]) => `--host-record=${name},${address}`);
  // Without --no-daemon it changes its capabilities, and the kernel forgets the signal for our death (prctl(2)).
  const args = [
    ...["--no-daemon", "--conf-file=/dev/null", "--pid-file=", "--log-facility=-"],
    ...["--no-resolv", "--no-hosts", "--local=/#/", `--local-ttl=${ttlSeconds}`],
    ...["--bind-interfaces", `--listen-address=${nameServer}`],
    ...records,
  ];
  const child = processes.spawn(namespace, "dnsmasq", args, { stdio: ["ignore", "ignore", "pipe"] });
  let errorText = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errorText = `${errorText}${chunk}`.slice(-2000);
  });
  const deadline = Date.now() + startMs;
  while (!(await hasPort53(child.pid ?? 0, namespace))) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || Date.now() > deadline)
      throw new AppError("TESTBED_DNSMASQ", `dnsmasq did not open port 53 in ${namespace}: ${errorText.trim()}`);
    await sleep(5);
  }
}

/** Whether the process has reached the namespace and something has UDP port 53 there (proc_pid_net(5): udp). */
async function hasPort53(pid: number, namespace: string): Promise<boolean> {
  try {
    const [own, wanted] = await Promise.all([stat(`/proc/${pid}/ns/net`), stat(`/run/netns/${namespace}`)]);
    return own.ino === wanted.ino && / [0-9A-F]{8}:0035 /.test(await readFile(`/proc/${pid}/net/udp`, "latin1"));
  } catch {
    return false;
  }
}
