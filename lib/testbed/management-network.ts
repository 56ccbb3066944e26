import { randomInt } from "node:crypto";
import { isIPv4 } from "node:net";
import * as z from "zod";
import { AppError } from "@/lib/shared/errors";
import { forwardPort } from "./forward-port";
import { runCommand } from "./run-command";
import type { Place } from "./testbed";

/** The operator's management network: how proxy and agent reach the portal without loading the measured links. */
export type ManagementNetwork = { fromProxy: string; fromUe: string; close(): Promise<void> };

type Range = { first: number; last: number };

const toNumber = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
const toAddress = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");

function toRange(address: string, prefixLength: number): Range {
  const size = 2 ** (32 - prefixLength);
  const first = Math.floor(toNumber(address) / size) * size;
  return { first, last: first + size - 1 };
}

const addressListSchema = z.array(
  z.object({ addr_info: z.array(z.object({ local: z.string().optional(), prefixlen: z.number().optional() })) }),
);
const routeListSchema = z.array(z.object({ dst: z.string() }));

/** IPv4 ranges that the root namespace uses or has a route of its own for. */
async function usedRanges(): Promise<Range[]> {
  const [addressText, routeText] = await Promise.all([
    runCommand("ip", ["-4", "-j", "addr", "show"]),
    runCommand("ip", ["-4", "-j", "route", "show", "table", "all"]),
  ]);
  const ranges: Range[] = [];
  for (const { addr_info } of addressListSchema.parse(JSON.parse(addressText.stdout)))
    for (const { local, prefixlen } of addr_info)
      if (local !== undefined && prefixlen !== undefined) ranges.push(toRange(local, prefixlen));
  for (const { dst } of routeListSchema.parse(JSON.parse(routeText.stdout))) {
    const [address = "", prefixLength = "32"] = dst.split("/");
    if (isIPv4(address)) ranges.push(toRange(address, Number(prefixLength)));
  }
  return ranges;
}

/**
 * Eight addresses of 169.254.16.0 to 169.254.159.255 that nothing here uses: two point-to-point networks.
 * The range leaves out the beginning and the end, which RFC 3927 §2.1 reserves, and the clouds' metadata address.
 */
async function pickBlock(): Promise<number> {
  const used = await usedRanges();
  for (let attempt = 0; attempt < 1000; attempt++) {
    const first = toNumber("169.254.16.0") + randomInt((144 * 256) / 8) * 8;
    if (used.every((range) => range.last < first || range.first > first + 7)) return first;
  }
  throw new AppError(
    "TESTBED_NO_ADDRESS",
    "No free block of 169.254.0.0/16 was found for the testbed's management network: remove unused link-local routes.",
  );
}

export const managementLinkNames = (id: string) => ({ proxy: `tp-${id}-mp`, ue: `tp-${id}-ue` }) as const;

/**
 * Join the root namespace to the proxy and to the pM-UE by a cable each, and forward the portal's port there.
 *
 * Errors: AppError TESTBED_COMMAND_FAILED, TESTBED_NO_ADDRESS, and the listener's own.
 */
export async function openManagementNetwork(
  id: string,
  namespaces: Readonly<Record<Place, string>>,
  portalPort: number,
): Promise<ManagementNetwork> {
  const block = await pickBlock();
  const names = managementLinkNames(id);
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    await Promise.all(closers.map((closeOne) => closeOne()));
  };
  const join = async (place: "proxy" | "ue", first: number): Promise<string> => {
    const rootAddress = toAddress(first + 1);
    const lines = [
      `link add name ${names[place]} type veth peer name mgmt0 netns ${namespaces[place]}`,
      `addr add ${rootAddress}/30 dev ${names[place]}`,
      `link set ${names[place]} up`,
    ];
    await runCommand("ip", ["-batch", "-"], `${lines.join("\n")}\n`);
    const inside = [`addr add ${toAddress(first + 2)}/30 dev mgmt0`, "link set mgmt0 up"];
    await runCommand("ip", ["-n", namespaces[place], "-batch", "-"], `${inside.join("\n")}\n`);
    closers.push(await forwardPort(rootAddress, portalPort));
    return `http://${rootAddress}:${portalPort}`;
  };
  try {
    return { fromProxy: await join("proxy", block), fromUe: await join("ue", block + 4), close };
  } catch (error) {
    await close();
    throw error;
  }
}
