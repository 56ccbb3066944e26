import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runWords } from "@/lib/agent/run-words";
import { WifiAutomation } from "@/lib/agent/wifi-automation";
import { collectedLog } from "../../factories/collected-log";

const { log } = collectedLog();
let folder: string;
let lastTrafficMs: number | null;
let isWifiUp: boolean;
let automation: WifiAutomation | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "twinpath-wifi-"));
  lastTrafficMs = null;
  isWifiUp = false;
});
afterEach(async () => {
  await automation?.stop();
  await rm(folder, { recursive: true });
});

const state = (): string | undefined => automation?.status().state;
const until = async (wanted: string): Promise<void> => {
  for (const end = Date.now() + 3000; state() !== wanted; await new Promise((resolve) => setTimeout(resolve, 10)))
    if (Date.now() > end) throw new Error(`${wanted} awaited, ${state()}: ${automation?.status().problem}`);
};
const did = (name: string): Promise<boolean> =>
  readFile(join(folder, name)).then(
    () => true,
    () => false,
  );

function start(onCommand = ["touch", join(folder, "on")], idleMs = 60_000): void {
  const offCommand = ["touch", join(folder, "off")];
  const told = { isWifiUp: () => isWifiUp, lastTrafficMs: () => lastTrafficMs };
  automation = new WifiAutomation({ onCommand, offCommand, idleMs, ...told, log });
}

it("turns WiFi on when traffic starts, and knows that it did", async () => {
  start();
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect([state(), await did("on")]).toEqual(["off", false]);
  lastTrafficMs = performance.now();
  await until("turning-on");
  isWifiUp = true;
  await until("on");
  expect([await did("on"), await did("off")]).toEqual([true, false]);
});

it("leaves WiFi that was on without us", async () => {
  isWifiUp = true;
  lastTrafficMs = performance.now();
  start(undefined, 1);
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect([state(), await did("on"), await did("off")]).toEqual(["on-by-others", false, false]);
});

it("waits after a command that fails, and says why", async () => {
  lastTrafficMs = performance.now();
  start(["ls", join(folder, "no-such-file")]);
  await until("waiting-to-retry");
  expect(automation?.status().problem).toContain("No such file");
});

it("ends a command that takes too long, with what it started", async () => {
  await expect(runWords(["sleep", "10"], 100)).rejects.toThrow("did not end within");
  await expect(runWords(["/no/such/program"], 1000)).rejects.toThrow("could not be started");
});
