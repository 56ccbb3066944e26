import { isIP } from "node:net";
import { alwaysWgetArguments } from "@/lib/demo";

/** Direct from this address of the device, or through the agent's own port. */
export type LaneWay = { localAddress: string } | { proxyUrl: string };

/** The object's first bytes from the source, or the file that is sent to it. */
export type LaneObject = { url: string } & ({ sizeBytes: number } | { bodyPath: string });

/** The object's bytes alone (RFC 9110 §14.2), or the method and body of an upload (§9.3.4). */
function objectArguments(object: LaneObject): string[] {
  if ("sizeBytes" in object) return [`--header=Range:bytes=0-${object.sizeBytes - 1}`];
  return ["--method=PUT", "--header=Content-Type:application/octet-stream", `--body-file=${object.bodyPath}`];
}

/** The wget of one lane on a device. It follows no redirect, so that it talks to the source and to nowhere else. */
export function laneArguments(way: LaneWay, object: LaneObject): string[] {
  const what = ["--max-redirect=0", "--no-hsts", ...objectArguments(object), object.url];
  if ("proxyUrl" in way) {
    const settings = ["use_proxy=yes", `http_proxy=${way.proxyUrl}`, `https_proxy=${way.proxyUrl}`, "no_proxy=none"];
    return [...alwaysWgetArguments, ...settings.map((setting) => `--execute=${setting}`), ...what];
  }
  const family = isIP(way.localAddress) === 6 ? "--inet6-only" : "--inet4-only";
  return [...alwaysWgetArguments, "--no-proxy", `--bind-address=${way.localAddress}`, family, ...what];
}
