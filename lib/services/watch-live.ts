import { liveHub, type NumberedLiveEvent } from "./live-hub";
import { policyHub } from "./policy-hub";
import { testbedHub } from "./testbed-hub";

/** Everything the live pages show, now and from here on; see LiveHub.watch. */
export async function watchLive(
  listener: (event: NumberedLiveEvent) => void,
): Promise<{ snapshot: NumberedLiveEvent; stop: () => void }> {
  // The policy hub hears of orders to nodes, the testbed hub puts the last run into the live hub.
  policyHub();
  await testbedHub();
  return (await liveHub()).watch(listener);
}
