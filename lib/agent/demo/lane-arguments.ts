import { isIP } from "node:net";
import { alwaysWgetArguments } from "@/lib/demo";

/** Direct from this address of the device, or through the agent's own port. */
export type LaneWay = { localAddress: string } | { proxyUrl: string };

/**
 * The wget of one lane on a device. It follows no redirect, so that it fetches from the source and from nowhere else, and
 * asks for the object's bytes alone (RFC 9110 §14.2).
 */
export function laneArguments(way: LaneWay, url: string, sizeBytes: number): string[] {
  const what = ["--max-redirect=0", "--no-hsts", `--header=Range:bytes=0-${sizeBytes - 1}`, url];
  if ("proxyUrl" in way) {
    const settings = ["use_proxy=yes", `http_proxy=${way.proxyUrl}`, `https_proxy=${way.proxyUrl}`, "no_proxy=none"];
    return [...alwaysWgetArguments, ...settings.map((setting) => `--execute=${setting}`), ...what];
  }
  const family = isIP(way.localAddress) === 6 ? "--inet6-only" : "--inet4-only";
  return [...alwaysWgetArguments, "--no-proxy", `--bind-address=${way.localAddress}`, family, ...what];
}
