import { expect, it } from "vitest";
import { readLinks } from "@/lib/agent/paths/links";

const entry = (address: string, family: "IPv4" | "IPv6") => ({
  ...{ address, family, netmask: "", mac: "", internal: false, cidr: null },
  ...(family === "IPv6" ? { scopeid: 0 } : {}),
});
const interfaces = {
  lo: [entry("127.0.0.1", "IPv4")],
  wlan0: [
    entry("fe80::1", "IPv6"),
    entry("169.254.1.1", "IPv4"),
    entry("192.168.1.20", "IPv4"),
    entry("2001:db8::5", "IPv6"),
  ],
} as Parameters<typeof readLinks>[2];
const addressOf = (name: string, family: 4 | 6 = 4) =>
  readLinks([{ access: "wifi", name }], family, interfaces)[0]?.address;

it("follows the address of an interface, of the proxy's family", () => {
  expect(addressOf("wlan0")).toBe("192.168.1.20");
  expect(addressOf("wlan0", 6)).toBe("2001:db8::5");
  expect(addressOf("wwan0")).toBeNull();
});

it("takes a named address for up while an interface that works has it", () => {
  expect(addressOf("192.168.1.20")).toBe("192.168.1.20");
  expect(addressOf("192.168.1.21")).toBeNull();
  expect(addressOf("127.0.0.7")).toBe("127.0.0.7");
});
