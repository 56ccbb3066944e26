import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { InterfaceTotals } from "@/lib/agent/demo/interface-totals";
import { laneArguments } from "@/lib/agent/demo/lane-arguments";
import { type LaneAbilities, laneRefusals } from "@/lib/agent/demo/lane-refusals";
import { writeObjectFile } from "@/lib/agent/demo/object-file";
import { demoObjectChunks, demoObjectSha256 } from "@/lib/shared/demo-object";

const lte = { interfaceName: "wwan0", address: "100.64.10.2" };
const wifi = { interfaceName: "wlan0", address: "192.168.30.2" };
const able: LaneAbilities = {
  links: { lte, wifi },
  hasWget: true,
  hasMptcp: true,
  isProxied: true,
  isCapturing: false,
};

const refused = (change: Partial<LaneAbilities>): Record<string, string> =>
  Object.fromEntries(laneRefusals({ ...able, ...change }).map(({ lane, reason }) => [lane, reason]));

it("says of each lane why the device cannot run it", () => {
  expect(refused({})).toEqual({});
  expect(refused({ links: { lte: null, wifi } })).toEqual({ "lte-only": "no-link", "lte-wifi": "no-link" });
  expect(refused({ links: { lte, wifi: null } })).toEqual({ "wifi-only": "no-link", "lte-wifi": "no-link" });
  expect(refused({ links: { lte, wifi: { ...lte, address: "10.0.0.1" } } })).toEqual({ "lte-wifi": "one-interface" });
  expect(refused({ hasMptcp: false })).toEqual({ "lte-wifi": "no-mptcp" });
  expect(refused({ isProxied: false })).toEqual({ "lte-wifi": "not-proxied" });
  expect(refused({ isProxied: false, isCapturing: true })).toEqual({ "lte-wifi": "not-proxied" });
  expect(refused({ isCapturing: true })).toEqual({ "lte-only": "captured", "wifi-only": "captured" });
  expect(refused({ hasWget: false })).toEqual({
    "lte-only": "no-wget",
    "wifi-only": "no-wget",
    "lte-wifi": "no-wget",
  });
});

it("binds a direct lane to its link, leads the other one through the agent, and follows nobody elsewhere", () => {
  const url = "https://source.example/object.bin";
  const direct = laneArguments({ localAddress: lte.address }, { url, sizeBytes: 1_000_000 });
  expect(direct).toEqual(expect.arrayContaining(["--no-proxy", "--bind-address=100.64.10.2", "--inet4-only"]));
  expect(laneArguments({ localAddress: "2001:db8::7" }, { url, sizeBytes: 1 })).toContain("--inet6-only");
  const proxied = laneArguments({ proxyUrl: "http://127.0.0.1:1080/" }, { url, sizeBytes: 1_000_000 });
  expect(proxied).toContain("--execute=https_proxy=http://127.0.0.1:1080/");
  expect(proxied.join(" ")).not.toContain("--bind-address");
  for (const args of [direct, proxied]) {
    expect(args).toEqual(expect.arrayContaining(["--max-redirect=0", "--header=Range:bytes=0-999999"]));
    expect(args.at(-1)).toBe(url);
  }
});

it("counts on where an interface goes away and comes back with new counters", () => {
  let lines: string[] = [];
  const totals = new InterfaceTotals(() => ["Inter-| Receive", ...lines].join("\n"));
  const received = (bytes: number | null) => {
    lines = bytes === null ? [] : [`  wlan0: ${bytes} 1 0 0 0 0 0 0 77 1 0 0 0 0 0 0`];
    return totals.carriedBytes("wlan0", "download");
  };
  expect([1000, 1500, null, 200, 300].map(received)).toEqual([0, 500, 500, 700, 800]);
  const sent = (bytes: number) => {
    lines = [`  wlan0: 9 1 0 0 0 0 0 0 ${bytes} 1 0 0 0 0 0 0`];
    return totals.carriedBytes("wlan0", "upload");
  };
  expect([77, 100].map(sent)).toEqual([0, 23]);
});

it("refuses an object that the device has no room for, and leaves nothing of one that was sent", async () => {
  const parent = await mkdtemp(join(tmpdir(), "object-file-"));
  try {
    await expect(writeObjectFile(Number.MAX_SAFE_INTEGER, parent)).rejects.toMatchObject({ code: "DEMO_NO_ROOM" });
    const { path, remove } = await writeObjectFile(3_000_000, parent);
    const sha256 = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    expect(sha256).toBe(await demoObjectSha256(3_000_000));
    await remove();
    expect(await readdir(parent)).toEqual([]);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
});

it("makes the object's beginning the same whatever its size", async () => {
  const bytes = (size: number, chunk: number) => Buffer.concat([...demoObjectChunks(size, chunk)]);
  const whole = bytes(10_000, 4096);
  expect(whole).toHaveLength(10_000);
  expect(bytes(3000, 1024).equals(whole.subarray(0, 3000))).toBe(true);
  expect(await demoObjectSha256(5_000_000)).toBe("91bda4a319a1e0b3b20b58881f8a02f16fc954a66830e78776e492f03f4776f9");
});
