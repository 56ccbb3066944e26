import type { LaneId } from "@/lib/contracts/demo";
import type { ContentObject, Place, Testbed } from "./testbed";

/** Where the UE's programs reach its agent: an address and port in the pM-UE's namespace. */
export type AgentProxy = { host: string; port: number };

/** How one lane fetches the object. `hint` is what to look at when it fails. */
export type LanePlan = { place: Place; args: readonly string[]; hint: string };

/* One attempt, no settings of the machine's own, payload to standard output, errors to standard error. */
const always = ["--no-config", "--no-verbose", "--tries=1", "--timeout=30", "--output-document=-"];

/** The wget of a lane: a general UE and the pM-UE's WiFi go direct, the third goes through the agent and the proxy. */
export function planLane(
  lane: LaneId,
  testbed: Pick<Testbed, "addresses">,
  object: Pick<ContentObject, "url">,
  agentProxy: AgentProxy,
): LanePlan {
  const proxyUrl = `http://${agentProxy.host}:${agentProxy.port}/`;
  switch (lane) {
    case "lte-only":
      return {
        place: "generalUe",
        args: [...always, "--no-proxy", object.url],
        hint: "Check that the LTE link is up and that nginx runs in the content provider.",
      };
    case "wifi-only":
      return {
        place: "ue",
        args: [...always, "--no-proxy", `--bind-address=${testbed.addresses.ueWifi}`, object.url],
        hint: "Check that the WiFi link is up and that nginx runs in the content provider.",
      };
    case "lte-wifi":
      return {
        place: "ue",
        args: [...always, "--execute=use_proxy=yes", `--execute=http_proxy=${proxyUrl}`, object.url],
        hint: `Check that the agent listens at ${proxyUrl}, that the proxy runs, and that the content provider is white-listed.`,
      };
  }
}
