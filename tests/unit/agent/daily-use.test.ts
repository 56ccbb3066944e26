import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DailyUse } from "@/lib/agent/daily-use";
import { collectedLog } from "../../factories/collected-log";

const { log } = collectedLog();
let stateFolder: string;
let now: Date;

beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), "agent-use-"));
  now = new Date(2026, 0, 1, 23, 59, 0);
});
afterEach(() => rm(stateFolder, { recursive: true, force: true }));

const open = (deviceId = "ue") => new DailyUse({ deviceId, stateFolder, log, now: () => now });
const links = (lte: number, wifi: number) => [
  { access: "wifi" as const, uploadBytes: 1, downloadBytes: wifi - 1 },
  { access: "lte" as const, uploadBytes: 0, downloadBytes: lte },
];

it("adds up both directions by access, and begins anew at midnight", () => {
  const use = open();
  use.note(links(100, 1000));
  use.note(links(150, 1000));
  expect(use.today()).toEqual({ day: "2026-01-01", bytes: { lte: 150, wifi: 1000, other: 0 } });
  now = new Date(2026, 0, 2, 0, 0, 1);
  expect(use.today().bytes.lte).toBe(0);
  use.note(links(170, 1000));
  expect(use.today()).toEqual({ day: "2026-01-02", bytes: { lte: 20, wifi: 0, other: 0 } });
});

it("goes on after a restart on the same day, for the same device", async () => {
  const use = open();
  use.note(links(100, 1000));
  await use.stop();
  const next = open();
  next.note(links(5, 1));
  expect(next.today().bytes).toEqual({ lte: 105, wifi: 1001, other: 0 });
  expect(open("another").today().bytes.lte).toBe(0);
  now = new Date(2026, 0, 2);
  expect(open().today().bytes.lte).toBe(0);
});
