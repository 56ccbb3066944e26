import type { TestbedReport } from "@/lib/contracts/demo";
import type { NodeActor } from "./actor";
import { testbedHub } from "./testbed-hub";

/** Take the testbed's state, and progress of the run it works on. A report sent twice changes nothing. */
export async function recordTestbedReport(node: NodeActor, report: TestbedReport): Promise<void> {
  const hub = await testbedHub();
  await hub.serialise(() => hub.recordReport(node, report));
}
