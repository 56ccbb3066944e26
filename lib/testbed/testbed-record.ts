import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Log } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import { removeResolvConf } from "./name-server";
import { killProcess, processesIn, processStartTime } from "./process-table";
import { runCommand } from "./run-command";

const recordSchema = z.object({
  id: z.string(),
  /** The process that made the testbed, and its start time: a pid alone may be another process later. */
  pid: z.int(),
  startTime: z.string().nullable(),
  namespaces: z.array(z.string().regex(/^tp-[0-9a-f]{4}-[a-z]+$/)),
  /** Interfaces in the root namespace. */
  rootLinks: z.array(z.string().regex(/^tp-[0-9a-f]{4}-[a-z]+$/)),
});

/** What a testbed leaves on the machine while it runs. Kept on disk from before the first namespace is made. */
export type TestbedRecord = z.infer<typeof recordSchema>;

export const testbedFolder = (dataDir: string) => join(dataDir, "testbed");
export const workFolder = (dataDir: string, id: string) => join(testbedFolder(dataDir), `work-${id}`);
const recordPath = (dataDir: string, id: string) => join(testbedFolder(dataDir), `testbed-${id}.json`);

/** Write the record and the testbed's work folder, before anything else is made. */
export async function writeRecord(dataDir: string, record: Omit<TestbedRecord, "pid" | "startTime">): Promise<void> {
  await mkdir(workFolder(dataDir, record.id), { recursive: true });
  const whole: TestbedRecord = { ...record, pid: process.pid, startTime: await processStartTime(process.pid) };
  const path = recordPath(dataDir, record.id);
  await writeFile(`${path}.new`, JSON.stringify(whole));
  await rename(`${path}.new`, path);
}

/** End what runs in the namespaces, then remove namespaces, root-side interfaces, work folder and record. */
export async function removeTestbed(
  dataDir: string,
  record: Pick<TestbedRecord, "id" | "namespaces" | "rootLinks">,
): Promise<void> {
  const deadline = Date.now() + 2000;
  for (;;) {
    const pids = await processesIn(record.namespaces);
    if (pids.length === 0 || Date.now() > deadline) break;
    pids.forEach(killProcess);
    await sleep(10);
  }
  const lines = [
    ...record.rootLinks.map((name) => `link del ${name}`),
    ...record.namespaces.map((name) => `netns del ${name}`),
  ];
  // -force: of a testbed that was half made, only a part is there.
  await runCommand("ip", ["-force", "-batch", "-"], `${lines.join("\n")}\n`).catch(() => {});
  await removeResolvConf(record.namespaces);
  await rm(workFolder(dataDir, record.id), { recursive: true, force: true });
  await rm(recordPath(dataDir, record.id), { force: true });
}

/** Null for what is no record: its writer, or the disk, failed. */
function parseRecord(text: string): TestbedRecord | null {
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Remove the testbeds of this data folder whose process is gone (it was killed before it could clean up). */
export async function sweepDeadTestbeds(dataDir: string, log: Log): Promise<void> {
  const files = await readdir(testbedFolder(dataDir)).catch(() => []);
  for (const file of files) {
    if (!/^testbed-[0-9a-f]{4}\.json$/.test(file)) continue;
    const path = join(testbedFolder(dataDir), file);
    const text = await readFile(path, "utf8").catch(() => null);
    if (text === null) continue;
    const record = parseRecord(text);
    if (record === null) {
      log.warn({ path }, "a damaged record is removed: what its testbed left behind is not known (ip netns list)");
      await rm(path, { force: true });
      continue;
    }
    const startTime = await processStartTime(record.pid);
    if (startTime !== null && startTime === record.startTime) continue;
    log.info({ testbed: record.id, pid: record.pid }, "removing a testbed whose process is gone");
    await removeTestbed(dataDir, record);
  }
}
