import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sweepDeadTestbeds, testbedFolder, writeRecord } from "@/lib/testbed/testbed-record";
import { collectedLog } from "../../factories/collected-log";

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "testbed-record-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

it("removes damaged records, and goes on with the others", async () => {
  const { log, said } = collectedLog();
  await writeRecord(dataDir, { id: "abcd", namespaces: [], rootLinks: [] });
  const damaged = { "testbed-0001.json": "", "testbed-0002.json": '{"id":"0002"}', "testbed-0003.json": "{" };
  for (const [name, text] of Object.entries(damaged)) await writeFile(join(testbedFolder(dataDir), name), text);
  await sweepDeadTestbeds(dataDir, log);
  expect((await readdir(testbedFolder(dataDir))).sort()).toEqual(["testbed-abcd.json", "work-abcd"]);
  expect(said("warn")).toHaveLength(3);
});
