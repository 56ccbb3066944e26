import type { TestbedCommand } from "@/lib/contracts/demo";
import type { NodeActor } from "./actor";
import { testbedHub } from "./testbed-hub";

/** The testbed connects: it is sent a heartbeat at once, a run that waits, and every later command. @returns disconnects */
export async function followTestbedCommands(
  node: NodeActor,
  send: (command: TestbedCommand) => void,
): Promise<() => void> {
  const hub = await testbedHub();
  send({ type: "heartbeat", at: new Date().toISOString() });
  return hub.connect(node, send);
}
