import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  deviceCredentialSchema,
  deviceListSchema,
  enrolmentCodeSchema,
  subscriberListSchema,
} from "@/lib/contracts/subscribers";
import { requireAbility } from "../factories/ability";
import { SignedInStaff, type StartedDemo, startDemo } from "../factories/started-demo";
import { agentTables, startTransparentAgent, type TransparentAgent, untilTrue } from "../factories/transparent-agent";
import {
  countProxied,
  countTo,
  isOverBothPaths,
  listedAddress,
  listedName,
  objectSha256,
  otherAddress,
  otherName,
  watchTransfer,
} from "../factories/transparent-checks";

/** The product as shipped, with an agent that captures in the UE's namespace. */
let demo: StartedDemo;
let staff: SignedInStaff;
let agent: TransparentAgent;

const sizeBytes = 10_000_000;
const fetchFrom = (host: string): string => `curl -sS -m 60 http://${host}/object-${sizeBytes}.bin`;

beforeAll(async () => {
  if (process.getuid?.() !== 0) return;
  demo = await startDemo();
  staff = await SignedInStaff.byLink(demo);
  await staff.runDemo({ preset: "city", sizeBytes, lanes: ["lte-wifi"] });
  agent = await startTransparentAgent(demo);
});

afterAll(async () => {
  await agent?.stop();
  await demo?.stop();
});

beforeEach((context) => requireAbility(context, "root", "namespaces", "mptcp", "nginx", "curl", "nft", "tcpdump"));

describe("a program without proxy settings", () => {
  it("reaches a white-listed host through the proxy, over both paths", async () => {
    const seen = await watchTransfer(demo, fetchFrom(listedName));
    expect(seen.sha256).toBe(await objectSha256(demo, sizeBytes));
    expect(isOverBothPaths(seen, demo.proxyAddress)).toBe(true);
    expect(countTo(seen, listedAddress)).toBe(0);
    expect(Math.min(seen.receivedBytes.lte, seen.receivedBytes.wifi)).toBeGreaterThan(sizeBytes / 20);
  });

  it("reaches every other host directly", async () => {
    const seen = await watchTransfer(demo, fetchFrom(otherName));
    expect(seen.sha256).toBe(await objectSha256(demo, sizeBytes));
    expect(countTo(seen, otherAddress)).toBe(1);
    expect(countProxied(seen, demo.proxyAddress)).toBe(0);
  });

  it("has its DNS questions answered over TCP too", async () => {
    const script = `
      const net = require("node:net");
      const question = Buffer.from("00070100000100000000000005766964656f0774657374626564000001000100", "hex").subarray(0, 31);
      const length = Buffer.from([0, question.length]);
      const socket = net.connect(53, "198.51.100.1", () => socket.write(Buffer.concat([length, question])));
      socket.once("data", (answer) => { console.log([...answer.subarray(-4)].join(".")); socket.destroy(); });`;
    const { stdout } = await demo.runIn("ue", "timeout", ["10", process.execPath, "-e", script]);
    expect(stdout.trim()).toBe(listedAddress);
  });
});

describe("the redirects of an agent", () => {
  it("end with it, however it ends: programs go on directly", async () => {
    await agent.stop("SIGKILL");
    await untilTrue("no table was left", async () => (await agentTables(demo)).length === 0, 3000);
    const seen = await watchTransfer(demo, fetchFrom(listedName));
    expect(seen.sha256).toBe(await objectSha256(demo, sizeBytes));
    expect(countTo(seen, listedAddress)).toBe(1);
  });

  it("are taken away by the next agent where nothing else could", async () => {
    expect((await demo.runIn("ue", "nft", ["add", "table", "inet", "twinpath_agent_4194304_1"])).stderr).toBe("");
    agent = await startTransparentAgent(demo);
    expect(await agent.tables()).toEqual([expect.stringContaining(`twinpath_agent_${agent.pid}_`)]);
    await agent.stop();
    expect(await agentTables(demo)).toEqual([]);
  });
});

describe("enrolment", () => {
  it("takes a one-time code once, and no code afterwards", async () => {
    const { items } = subscriberListSchema.parse(await staff.call("GET", "/api/subscribers?limit=1"));
    const code = await staff.call("POST", `/api/subscribers/${items[0]?.id}/enrolment-codes`, {});
    const folder = join(demo.dataDir, "phone");
    const start = (...args: string[]): Promise<TransparentAgent> => startTransparentAgent(demo, { folder, args });
    const first = await start("--code", enrolmentCodeSchema.parse(code).code, "--name", "My phone");
    await first.stop();
    const credential = deviceCredentialSchema.parse(JSON.parse(await readFile(join(folder, "device.json"), "utf8")));
    const again = await start();
    expect(await again.log()).toContain("white-lists in force");
    await again.stop();
    const devices = deviceListSchema.parse(await staff.call("GET", "/api/devices?limit=10"));
    expect(devices.items.find(({ id }) => id === credential.deviceId)).toMatchObject({ name: "My phone" });
  });
});
