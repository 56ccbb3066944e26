import { test as base, expect } from "@playwright/test";
import type { ChoiceChange } from "@/lib/agent/device-choice";
import type { AgentStatus } from "@/lib/agent/page/agent-status";
import { type Page as AgentPage, startPage } from "@/lib/agent/page/start-page";
import { createLog } from "@/lib/shared/log";
import { expectAccessible } from "./axe";

const link = {
  address: "192.0.2.7",
  state: "healthy",
  reason: null,
  since: 0,
  bestRttMs: 15,
  strippedUntil: null,
  subflows: 1,
} as const;
const counters = { uploadBytes: 1e6, downloadBytes: 1e9, uploadBytesPerSecond: 1e4, downloadBytesPerSecond: 1e7 };

function agent(): AgentStatus {
  return {
    at: Date.now(),
    isOn: true,
    device: { id: "phone", state: "active", isQuotaReached: false },
    serviceClass: { id: "gold", name: "Gold", steering: "aggregate" },
    portal: { url: "http://portal.example", isConnected: false },
    policy: { version: 4, publishedAt: "2026-01-01T00:00:00Z" },
    proxy: { address: "192.0.2.1", port: 1080, state: "untried", at: null, transport: null, reason: null },
    mptcp: { isOn: true, reason: null },
    capture: { isOn: false, knownAddresses: 0 },
    links: [
      { ...link, ...counters, name: "wlan0", access: "wifi", rttMs: 15 },
      { ...link, ...counters, name: "lte0", access: "lte", rttMs: 40 },
    ],
    wifiAutomation: null,
    connections: { open: 1, sinceStart: 3, uploadBytes: 0, downloadBytes: 0 },
    today: { day: "2026-01-01", bytes: { lte: 412_000_000, wifi: 1_200_000_000, other: 0 } },
    whiteLists: [{ id: "video", name: "Video", isOn: true, ruleCount: 1, rules: [] }],
    destinations: [],
  };
}

type Served = { page: AgentPage; choices: ChoiceChange[] };

/** The agent's page with a state of our own, as no device is needed to look at it. */
const test = base.extend<{ served: Served }>({
  // biome-ignore lint/correctness/noEmptyPattern: the fixture's form asks for it
  served: async ({}, use) => {
    const status = agent();
    const choices: ChoiceChange[] = [];
    const choose = (change: ChoiceChange): void => {
      choices.push(change);
      if (!("whiteListId" in change)) status.isOn = change.isOn;
      else status.whiteLists = status.whiteLists.map((list) => ({ ...list, isOn: change.isOn }));
    };
    const page = await startPage({ port: 0, status: () => status, choose, log: createLog("agent-page") });
    if (page === null) throw new Error("no page");
    await use({ page, choices });
    await page.close();
  },
});

test("the owner sees today's use, stops it, starts it and chooses a service, in either scheme and on a phone", async ({
  page,
  served,
}) => {
  await page.goto(served.page.url);
  await expect(page.getByText("412 MB")).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByText("Stopped: everything goes direct, over one path.")).toBeVisible();
  await page.getByRole("checkbox", { name: "Video" }).click();
  await expect(page.getByRole("checkbox", { name: "Video" })).not.toBeChecked();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
  expect(served.choices).toEqual([{ isOn: false }, { whiteListId: "video", isOn: false }, { isOn: true }]);
});

test.describe("a browser that wants Korean", () => {
  test.use({ locale: "ko-KR" });

  test("gets the page in Korean", async ({ page, served }) => {
    await page.goto(served.page.url);
    await expect(page.locator("html")).toHaveAttribute("lang", "ko");
    await expect(page.getByText("오늘 LTE")).toBeVisible();
    await expect(page.getByRole("heading", { name: "프록시를 거치는 서비스" })).toBeVisible();
    await page.getByRole("button", { name: "중지", exact: true }).click();
    await expect(page.getByText("중지됨: 모든 트래픽이 한 경로로 직접 전송됩니다.")).toBeVisible();
    const shown = (await page.locator("body").innerText()).replaceAll(
      /WiFi|LTE|Twinpath|MPTCP|SOCKS|Gold|Video|phone|wlan0|[kM]bit|[a-z]+:\/\/\S+/g,
      "",
    );
    expect(shown).not.toMatch(/[A-Za-z]{4,}/);
    await expectAccessible(page);
  });
});
