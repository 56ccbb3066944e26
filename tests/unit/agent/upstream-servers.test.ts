import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { parseResolvConf, parseServer, UpstreamServers } from "@/lib/agent/transparent/upstream-servers";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinpath-dns-"));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

function serversOf(system: string, systemd?: string): UpstreamServers {
  const files = { system: join(folder, "resolv.conf"), systemd: join(folder, "systemd.conf") };
  writeFileSync(files.system, system);
  if (systemd !== undefined) writeFileSync(files.systemd, systemd);
  return new UpstreamServers(null, files);
}

it("reads the first three numeric servers", () => {
  const text = "# nameserver 192.0.2.9\nsearch example\nnameserver 192.0.2.1 # one\n nameserver\t2001:db8::1\n";
  expect(
    parseResolvConf(`${text}nameserver fe80::1%eth0\nnameserver x\nnameserver 192.0.2.3\nnameserver 192.0.2.4`),
  ).toEqual(["192.0.2.1", "2001:db8::1", "192.0.2.3"]);
});

it("reads them again after a change, also where the clock was set back meanwhile", () => {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  const servers = serversOf("nameserver 192.0.2.1\n");
  expect(servers.current()).toEqual([{ address: "192.0.2.1", port: 53 }]);
  writeFileSync(join(folder, "resolv.conf"), "nameserver 192.0.2.2\n");
  utimesSync(join(folder, "resolv.conf"), 1, 1);
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(2001);
  expect(servers.current()).toEqual([{ address: "192.0.2.2", port: 53 }]);
});

it("asks the servers behind the system's stub, or leaves the stub's own questions alone", () => {
  const stub = "nameserver 127.0.0.53\n";
  const behind = serversOf(stub, "nameserver 192.0.2.1\n");
  expect(behind.current()).toEqual([{ address: "192.0.2.1", port: 53 }]);
  expect(behind.takes()).toBe("all");
  rmSync(join(folder, "systemd.conf"));
  const other = serversOf(stub);
  expect(other.current()).toEqual([{ address: "127.0.0.53", port: 53 }]);
  expect(other.takes()).toBe("on-device");
  const none = serversOf("");
  expect([none.current(), none.takes()]).toEqual([[], "none"]);
});

it("has addresses as a socket tells them, however they were written", () => {
  expect(parseResolvConf("nameserver 2001:DB8:0::53\n")).toEqual(["2001:db8::53"]);
  expect(parseServer("2001:DB8::53").address).toBe("2001:db8::53");
  expect(parseServer("[2001:0db8::0053]:53").address).toBe("2001:db8::53");
});

it("takes given servers and says which ones are no servers", () => {
  expect(parseServer("192.0.2.1")).toEqual({ address: "192.0.2.1", port: 53 });
  expect(parseServer("192.0.2.1:5353")).toEqual({ address: "192.0.2.1", port: 5353 });
  expect(parseServer("2001:db8::1")).toEqual({ address: "2001:db8::1", port: 53 });
  expect(parseServer("[2001:db8::1]:5353")).toEqual({ address: "2001:db8::1", port: 5353 });
  for (const text of ["dns.example", "192.0.2.1:0", "192.0.2.1:99999", ""])
    expect(() => parseServer(text)).toThrow(/--dns is/);
});
