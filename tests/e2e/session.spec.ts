import type { Page } from "@playwright/test";
import { Client } from "pg";
import { type SessionRow, sessionListSchema } from "@/lib/contracts/portal";
import type { PathEvent } from "@/lib/contracts/telemetry";
import { expectAccessible } from "./axe";
import { expect, given, prepareRun, statePath, test } from "./portal-test";

test.use({ storageState: statePath });
test.setTimeout(180_000);

/** The newest session that carried most of an object. */
async function lastDownload(page: Page): Promise<SessionRow> {
  const { items } = sessionListSchema.parse(await (await page.request.get("/api/sessions?limit=100")).json());
  const found = items.find(({ downloadBytes, end }) => downloadBytes > 50e6 && end !== null);
  if (found === undefined) throw new Error("no download was recorded");
  return found;
}

/** What a kernel, an agent and a policy may do to this session's paths, as a report would have told it. */
async function addEvents(key: string, events: readonly Omit<PathEvent, "at">[]): Promise<void> {
  const client = new Client({ connectionString: given("TWINPATH_TEST_DATABASE_URL") });
  await client.connect();
  try {
    for (const [index, { subflowId, access, kind, cause, actor }] of events.entries())
      await client.query(
        `INSERT INTO path_events (session_pk, at, subflow_id, access, kind, cause, actor)
         SELECT id, started_at + (ended_at - started_at) * $2::float8, $3, $4::access_kind, $5::path_event_kind, $6,
           $7::path_event_actor FROM sessions WHERE id = $1`,
        [key, (index + 1) / (events.length + 1), subflowId, access, kind, cause, actor],
      );
  } finally {
    await client.end();
  }
}

test("a session is followed from its list to its end", async ({ page }) => {
  await prepareRun(page, { size: "1 GB", lanes: ["LTE + WiFi"] });
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.getByTestId("lane-lte-wifi")).toHaveAttribute("data-state", "running");
  await page.getByRole("link", { name: "Sessions" }).click();
  await page.getByRole("radio", { name: "Running" }).click();
  const running = page.getByRole("region", { name: "Table of sessions" });
  await running.getByRole("link").first().click();
  await expect(page).toHaveURL(/\/sessions\/\d+$/);
  await expect(page.getByText("Running", { exact: true })).toBeVisible();
  await expect(page.getByText(/^live · \d/)).toBeVisible();
  await expect(page.getByRole("img", { name: /^Download by access/ })).toBeVisible();

  const paths = page.getByRole("region", { name: "Table of paths" });
  await expect(paths.getByRole("row", { name: /LTE/ })).toContainText("Open");
  const wifi = paths.getByRole("row", { name: /WiFi/ });
  const before = await wifi.innerText();
  await expect.poll(() => wifi.innerText(), { message: "it moves by itself" }).not.toBe(before);

  const state = page.getByRole("heading", { level: 1 }).locator("..");
  await expect(state.getByText("Ended", { exact: true })).toBeVisible({ timeout: 90_000 });
  await expect(page.getByText("Not explained")).toHaveCount(0);
  await page.getByRole("button", { name: "Table", exact: true }).click();
  const twin = page.getByRole("region", { name: "Table of the chart" });
  await expect(twin.getByRole("columnheader")).toHaveText(["When", "WiFi", "LTE", "Total"]);
  await expect(twin.getByRole("row").nth(3)).toContainText("Mbit/s");
});

test("what happened to its paths is marked on the curve and told in sentences", async ({ page }) => {
  const { key } = await lastDownload(page);
  await addEvents(key, [
    { subflowId: 77, access: "wifi", kind: "stalled", cause: "stalled", actor: "proxy" },
    { subflowId: 78, access: "lte", kind: "priority-changed", cause: "share-used", actor: "policy" },
    { subflowId: 79, access: "wifi", kind: "recovered", cause: "odd-middlebox-7", actor: "kernel" },
  ]);
  await page.goto(`/sessions/${key}`);
  const list = page.getByRole("list", { name: "Path events" });
  const stall = list.getByRole("listitem").filter({ hasText: "WiFi path 77 stalled" });
  await expect(stall).toContainText("Nothing was acknowledged for too long while another path went on.");
  await expect(stall).toContainText("Proxy");
  await expect(list.getByRole("listitem").filter({ hasText: "LTE path 78 rests" })).toContainText("Policy");
  await expect(list).toContainText("odd-middlebox-7");

  const flags = page.getByRole("toolbar", { name: "Events of Download by access" });
  const tip = page.getByRole("tooltip");
  await flags.getByRole("button").first().focus();
  for (let step = await flags.getByRole("button").count(); step > 0; step -= 1) {
    if ((await tip.innerText()).includes("LTE path 78 rests")) break;
    await page.keyboard.press("ArrowRight");
  }
  await expect(tip).toContainText("LTE path 78 rests");
  await page.keyboard.press("Enter");
  await expect(list.locator("[aria-current]").filter({ hasText: "LTE path 78 rests" })).toHaveCount(1);
  await page.keyboard.press("ArrowLeft");
  await expect(tip).not.toContainText("LTE path 78 rests");
  await page.keyboard.press("Escape");
  await expect(tip).toHaveCount(0);
  await expectAccessible(page);
});

test("the drawer leads to the session's page, and an unknown number is said to be one", async ({ page }) => {
  await page.goto("/sessions");
  await page
    .getByRole("button", { name: /^Details of/ })
    .first()
    .click();
  await page.getByRole("link", { name: /^Open/ }).click();
  await expect(page.getByRole("region", { name: "Byte balance" })).toBeVisible();
  await page.getByRole("link", { name: "All sessions" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sessions" })).toBeVisible();
  await page.goto("/sessions/999999999");
  await expect(page.getByText("There is no such session")).toBeVisible();
});

test("the overview shows what share LTE had in each class", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByTestId("share-gold")).toContainText(/\d.%\s?over LTE in the last hour/);
  await expect(page.getByTestId("share-silver")).toContainText("target");
});
