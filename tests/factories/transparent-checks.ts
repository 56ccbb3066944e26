import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StartedDemo } from "./started-demo";
import { captureSyns, type SeenSyn } from "./wire-capture";

/** What one transfer of a program without proxy settings looked like on the UE's links. */
export type SeenTransfer = {
  /** Of what the program received; the error text where there was one. */
  sha256: string;
  syns: SeenSyn[];
  receivedBytes: { lte: number; wifi: number };
};

/** Names and addresses of the testbed's content provider: the first is white-listed, the second is not. */
export const listedName = "video.testbed";
export const listedAddress = "198.18.90.20";
export const otherName = "other.testbed";
export const otherAddress = "198.18.90.30";

async function receivedBytes(demo: StartedDemo): Promise<{ lte: number; wifi: number }> {
  const read = async (name: string): Promise<number> =>
    Number((await demo.runIn("ue", "cat", [`/sys/class/net/${name}/statistics/rx_bytes`])).stdout);
  return { lte: await read("lte0"), wifi: await read("wifi0") };
}

/** Run a shell command in the UE's namespace that writes what it fetched to its output, and watch the UE's links. */
export async function watchTransfer(demo: StartedDemo, command: string): Promise<SeenTransfer> {
  const before = await receivedBytes(demo);
  const capture = await captureSyns(demo.namespace("ue"), ["lte0", "wifi0"]);
  const { stdout, stderr } = await demo
    .runIn("ue", "env", [
      ...["-u", "http_proxy", "-u", "https_proxy", "-u", "all_proxy", "bash", "-c"],
      `set -o pipefail; ${command} | sha256sum`,
    ])
    .finally(() => capture.stop());
  const after = await receivedBytes(demo);
  return {
    sha256: stderr === "" ? stdout.slice(0, 64) : stderr,
    syns: capture.syns,
    receivedBytes: { lte: after.lte - before.lte, wifi: after.wifi - before.wifi },
  };
}

/** SHA-256 of one of the content provider's objects, taken from its file. */
export async function objectSha256(demo: StartedDemo, sizeBytes: number): Promise<string> {
  const content = await readFile(join(demo.dataDir, "testbed/objects", `object-${sizeBytes}.bin`));
  return createHash("sha256").update(content).digest("hex");
}

/** An MPTCP connection to the proxy was opened over WiFi and joined over LTE. */
export function isOverBothPaths({ syns }: SeenTransfer, proxyAddress: string): boolean {
  const toProxy = syns.filter(({ destination, port }) => destination === proxyAddress && port === 1080);
  const has = (interfaceName: string, mptcp: SeenSyn["mptcp"]): boolean =>
    toProxy.some((syn) => syn.interfaceName === interfaceName && syn.mptcp === mptcp);
  return has("wifi0", "capable") && has("lte0", "join");
}

/** How many connections went through the proxy; the agent looks after its paths with plain TCP handshakes. */
export function countProxied({ syns }: SeenTransfer, proxyAddress: string): number {
  return syns.filter(({ destination, mptcp }) => destination === proxyAddress && mptcp === "capable").length;
}

/** How many connections left for this address. */
export function countTo({ syns }: SeenTransfer, address: string): number {
  return syns.filter(({ destination }) => destination === address).length;
}
