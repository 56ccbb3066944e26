import type { DemoDeviceReport } from "@/lib/contracts/demo-devices";
import type { DeviceActor } from "./actor";
import { testbedHub } from "./testbed-hub";

/** Take what a device can do, and progress of the run that it works on. A report sent twice changes nothing. */
export async function recordDemoReport(device: DeviceActor, report: DemoDeviceReport): Promise<void> {
  const hub = await testbedHub();
  await hub.serialise(() => hub.recordDeviceReport(device, report));
}
