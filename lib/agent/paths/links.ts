import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { Access } from "@/lib/contracts/access";

/** An access link as the device's owner named it: an address of this device, or an interface whose address is followed. */
export type LinkSetting = { access: Access; name: string };

/** A link at this moment; `address` is null while it cannot carry anything. */
export type Link = LinkSetting & { address: string | null };

type Interfaces = ReturnType<typeof networkInterfaces>;

function isLinkLocal(address: string): boolean {
  return address.startsWith("169.254.") || /^fe[89ab]/i.test(address);
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

function addressOf({ name }: LinkSetting, family: 4 | 6, interfaces: Interfaces): string | null {
  if (isIP(name) !== 0) {
    const isThere = Object.values(interfaces).some((entries) => entries?.some(({ address }) => address === name));
    return isThere || isLoopback(name) ? name : null;
  }
  const entries = interfaces[name] ?? [];
  return entries.find((entry) => entry.family === `IPv${family}` && !isLinkLocal(entry.address))?.address ?? null;
}

/**
 * The links as they are now: an address counts while its interface is up and has a carrier.
 *
 * @param family of the addresses wanted of interfaces: the proxy's
 */
export function readLinks(
  settings: readonly LinkSetting[],
  family: 4 | 6,
  interfaces: Interfaces = networkInterfaces(),
): Link[] {
  return settings.map((setting) => ({ ...setting, address: addressOf(setting, family, interfaces) }));
}
