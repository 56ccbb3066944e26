import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "@/lib/shared/log";
import { createTestbed, type Testbed, type TestbedOptions } from "@/lib/testbed";

export const testLog = createLog("test");
testLog.level = "warn";

/** A data folder of its own for one test file. */
export async function makeDataDir(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "twinpath-test-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A testbed at preset "city" without a portal, unless told otherwise. */
export function makeTestbed(dataDir: string, options: Partial<TestbedOptions> = {}): Promise<Testbed> {
  return createTestbed({ preset: "city", portalPort: null, log: testLog, dataDir, ...options });
}

/**
 * Time of a TCP handshake (one round trip) in milliseconds, from an address in a UE to an nginx: the quickest of 15, as a
 * busy machine only ever adds.
 */
export async function quickestHandshakeMs(testbed: Testbed, place: "ue" | "generalUe", from: string): Promise<number> {
  const script = `
    const net = require("node:net");
    const one = () => new Promise((resolve, reject) => {
      const start = performance.now();
      const socket = net.connect({ host: "${testbed.addresses.content}", port: 80, localAddress: "${from}" }, () => {
        resolve(performance.now() - start);
        socket.destroy();
      });
      socket.on("error", reject);
    });
    (async () => {
      const times = [];
      for (let i = 0; i < 45; i++) times.push(await one());
      console.log(Math.min(...times));
    })();`;
  return Number((await testbed.run(place, process.execPath, ["-e", script])).stdout);
}

/** Poll until `check` is true; an error that names `what` after `deadlineMs`. */
export async function waitUntil(what: string, check: () => Promise<boolean> | boolean, deadlineMs = 5000) {
  const end = Date.now() + deadlineMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
