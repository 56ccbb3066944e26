import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AccessLinkId, LinkFault } from "@/lib/contracts/demo";
import type { Testbed } from "@/lib/testbed";
import { requireAbility } from "../factories/ability";
import { goodputMbps } from "../factories/flow-figures";
import { FlowProgram } from "../factories/flow-program";
import { PathCounters } from "../factories/path-counters";
import { type SteeringNet, stockNet } from "../factories/steering-net";
import { makeDataDir, makeTestbed, quickestHandshakeMs } from "../factories/testbed";

const mayRun = process.getuid?.() === 0;
let testbed: Testbed;
let dataDir: Awaited<ReturnType<typeof makeDataDir>>;
let net: SteeringNet;
let flows: FlowProgram;
let counters: PathCounters;

beforeAll(async () => {
  if (!mayRun) return;
  dataDir = await makeDataDir();
  testbed = await makeTestbed(dataDir.path);
  net = await stockNet(testbed);
  flows = await FlowProgram.start(net);
  counters = await PathCounters.start(net);
});

afterAll(async () => {
  await counters?.stop();
  await flows?.stop();
  await testbed?.stop();
  await dataDir?.remove();
});

beforeEach((context) => requireAbility(context, "root", "namespaces", "mptcp", "nginx", "compiler"));
afterEach(async () => {
  if (!mayRun) return;
  for (const access of ["lte", "wifi"] as const) await testbed.setFault(access, "none");
});

/** Payload over each link of an MPTCP download of two seconds that begins under the fault. */
async function payloadUnder(access: AccessLinkId, fault: LinkFault): Promise<Record<AccessLinkId, number>> {
  await testbed.setFault(access, fault);
  const result = await flows.run({ direction: "download", way: "mptcp", seconds: 2 });
  expect(goodputMbps(result, 500, 2000)).toBeGreaterThan(30);
  const part = (link: AccessLinkId) =>
    counters.payload(link, "download", result.startedMs, result.startedMs + result.endMs);
  return { lte: part("lte"), wifi: part("wifi") };
}

describe("faults of a link", () => {
  it("let both paths carry data where there are none", async () => {
    const payload = await payloadUnder("wifi", "none");
    expect(payload.lte).toBeGreaterThan(1_000_000);
    expect(payload.wifi).toBeGreaterThan(1_000_000);
  });

  it("refuse joins over LTE: all data goes over WiFi", async () => {
    const payload = await payloadUnder("lte", "joins-refused");
    expect(payload.lte).toBeLessThan(10_000);
    expect(payload.wifi).toBeGreaterThan(1_000_000);
  });

  it("strip MPTCP's options on WiFi: the connection is plain TCP there", async () => {
    const payload = await payloadUnder("wifi", "options-stripped");
    expect(payload.lte).toBeLessThan(10_000);
    expect(payload.wifi).toBeGreaterThan(1_000_000);
  });

  it("end also where their rule is gone already", async () => {
    await testbed.setFault("lte", "joins-refused");
    await testbed.run("lte", "iptables-legacy", ["-w", "-t", "mangle", "-F", "FORWARD"]);
    await testbed.setFault("lte", "none");
    expect(testbed.status().faults.lte.fault).toBe("none");
  });

  it("make WiFi weak under a transfer, and give it back", async () => {
    const before = await quickestHandshakeMs(testbed, "ue", testbed.addresses.ueWifi);
    const flow = flows.begin({ direction: "download", way: "wifi", seconds: 7 });
    const at = await net.setFault("wifi", "weak");
    expect(testbed.status().faults.wifi).toMatchObject({ fault: "weak" });
    expect(testbed.status().wifi.rateMbps).toBe(150);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const over = await net.setFault("wifi", "none");
    const [result] = await flow.finished;
    if (result === undefined) throw new Error("no result");
    expect(goodputMbps(result, at - result.startedMs + 1000, over - result.startedMs)).toBeLessThan(1.5);
    expect(goodputMbps(result, over - result.startedMs + 2000, 7000)).toBeGreaterThan(20);
    expect(await quickestHandshakeMs(testbed, "ue", testbed.addresses.ueWifi)).toBeLessThan(before + 5);
  });

  it.each([
    ["wifi", "192.168.30.10"],
    ["lte", "100.64.10.10"],
  ] as const)("give the UE another address on %s, and its own one back", async (access, other) => {
    const own = net.ueAddress[access];
    const addresses = async () => (await testbed.run("ue", "ip", ["-4", "addr", "show", "dev", `${access}0`])).stdout;
    await testbed.setFault(access, "new-address");
    expect(await addresses()).toContain(other);
    expect(await addresses()).not.toContain(`${own}/`);
    expect(await quickestHandshakeMs(testbed, "ue", other)).toBeLessThan(60);
    await testbed.setFault(access, "none");
    expect(await addresses()).toContain(`${own}/`);
    expect(await quickestHandshakeMs(testbed, "ue", own)).toBeLessThan(60);
  });
});
