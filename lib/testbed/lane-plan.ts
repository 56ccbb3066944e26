import type { LaneId } from "@/lib/contracts/demo";
import { alwaysWgetArguments } from "@/lib/demo";
import type { Place, Testbed } from "./testbed";

/** Where the UE's programs reach its agent: an address and port in the pM-UE's namespace. */
export type AgentProxy = { host: string; port: number };

/** What a lane's wget fetches, or the file that it sends to the address. */
export type Transfer = { url: string; bodyPath: string | null };

/** How one lane transfers the object. `hint` is what to look at when it fails. */
export type LanePlan = { args: readonly string[]; hint: string };

/** Where each lane's wget runs. */
export const lanePlaces: Readonly<Record<LaneId, Place>> = {
  "lte-only": "generalUe",
  "wifi-only": "ue",
  "lte-wifi": "ue",
};

/** The wget of a lane: a general UE and the pM-UE's WiFi go direct, the third goes through the agent and the proxy. */
export function planLane(
  lane: LaneId,
  testbed: Pick<Testbed, "addresses">,
  { url, bodyPath }: Transfer,
  agentProxy: AgentProxy,
): LanePlan {
  const what = bodyPath === null ? [url] : ["--method=PUT", `--body-file=${bodyPath}`, url];
  const proxyUrl = `http://${agentProxy.host}:${agentProxy.port}/`;
  switch (lane) {
    case "lte-only":
      return {
        args: [...alwaysWgetArguments, "--no-proxy", ...what],
        hint: "Check that the LTE link is up and that nginx runs in the content provider.",
      };
    case "wifi-only":
      return {
        args: [...alwaysWgetArguments, "--no-proxy", `--bind-address=${testbed.addresses.ueWifi}`, ...what],
        hint: "Check that the WiFi link is up and that nginx runs in the content provider.",
      };
    case "lte-wifi":
      return {
        args: [...alwaysWgetArguments, "--execute=use_proxy=yes", `--execute=http_proxy=${proxyUrl}`, ...what],
        hint: `Check that the agent listens at ${proxyUrl}, that the proxy runs, and that the content provider is white-listed.`,
      };
  }
}
