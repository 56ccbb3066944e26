import { liveHub, type NumberedLiveEvent } from "./live-hub";
import { liveNews } from "./live-news";
import { policyHub } from "./policy-hub";
import { portalPeers } from "./portal-peers";
import { testbedHub } from "./testbed-hub";

/** Everything the live pages show, now and from here on; see LiveHub.watch. */
export async function watchLive(
  listener: (event: NumberedLiveEvent) => void,
): Promise<{ snapshot: NumberedLiveEvent; stop: () => void }> {
  // The policy hub hears of orders to nodes, the testbed hub puts the last run into the live hub.
  policyHub();
  await testbedHub();
  await liveNews();
  const watching = (await liveHub()).watch(listener);
  // Nodes report faster once a portal is watched, whichever they report to.
  portalPeers().sayHere();
  return watching;
}
