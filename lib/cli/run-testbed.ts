import { join } from "node:path";
import type { PresetId } from "@/lib/contracts/demo";
import { createLog } from "@/lib/shared/log";
import { createTestbed } from "@/lib/testbed";
import { say } from "./say";
import { untilStopped } from "./until-stopped";

/** `twinpath testbed`: the deployment figure alone, to try own programs in, until stopped. */
export async function runTestbed(options: { dataDir: string; preset: PresetId }): Promise<void> {
  const stopped = untilStopped();
  const log = createLog("testbed", join(options.dataDir, "logs", "testbed.log"));
  const testbed = await createTestbed({ ...options, portalPort: null, log, onProgress: say });
  for (const [place, name] of Object.entries(testbed.namespaces)) say(`${place.padEnd(10)} ip netns exec ${name} …`);
  say(`content    http://${testbed.addresses.content}/   Stop: Ctrl-C`);
  await stopped;
  await testbed.stop();
}
