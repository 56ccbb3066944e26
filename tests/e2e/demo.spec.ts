import { expectAccessible, expectNoViolations } from "./axe";
import { expect, prepareRun, statePath, test } from "./portal-test";

test.use({ storageState: statePath });
test.setTimeout(180_000);

const lanes = ["lte-only", "wifi-only", "lte-wifi"] as const;

test("a run of three lanes goes to its end, equal by SHA-256, faster over both paths", async ({ page }) => {
  await prepareRun(page, { size: "100 MB", lanes: ["LTE only", "WiFi only", "LTE + WiFi"] });
  await page.locator("body").press("Space");
  await expect(page.getByTestId("lane-lte-only")).toHaveAttribute("data-state", "running");
  await expect(page.getByTestId("rate-lte-only")).toContainText("Mbit/s");
  await expect(page.getByTestId("over-lte"), "no number before its lanes have run").toHaveText("–");

  for (const lane of lanes) {
    const card = page.getByTestId(`lane-${lane}`);
    await expect(card).toHaveAttribute("data-state", "finished", { timeout: 60_000 });
    await expect(card).toContainText("Finished in");
    await expect(card).toContainText("equal");
  }
  const number = async (id: string) => Number.parseFloat(await page.getByTestId(id).innerText());
  expect(await number("over-lte")).toBeGreaterThan(2);
  expect(await number("over-best")).toBeGreaterThan(1);
  expect(await number("efficiency")).toBeGreaterThan(80);

  await page.getByRole("button", { name: "Method" }).click();
  const method = page.getByRole("dialog", { name: "Method" });
  await expect(method.getByText(/wget/).first()).toBeVisible();
  const sums = await method.getByText(/^[0-9a-f]{64}/).allInnerTexts();
  expect(sums).toHaveLength(4);
  expect(new Set(sums.map((sum) => sum.slice(0, 64))).size, "object and lanes have one SHA-256").toBe(1);
  await page.keyboard.press("Escape");

  await page.locator("body").press("r");
  await expect(page.getByRole("button", { name: "Start", exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Open the run" }).first().click();
  await expect(page.getByText("RECORDED", { exact: true })).toBeVisible();
  await expect(page.getByTestId("over-lte")).toContainText("×");
  const rate = await page.getByTestId("rate-lte-only").innerText();
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  await expect(page.getByTestId("lane-lte-only")).toHaveAttribute("data-state", "running");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  const moment = page.getByRole("slider", { name: "Moment of the recording" });
  await moment.press("Home");
  await expect(page.getByTestId("replay-time")).toContainText("0.0 s of");
  await moment.press("End");
  await expect(page.getByTestId("rate-lte-only"), "as recorded").toHaveText(rate);

  for (const [item, ending] of [
    ["Samples as CSV", ".csv"],
    ["Whole run as JSON", ".json"],
    ["Chart as PNG", ".png"],
  ] as const) {
    await page.getByRole("button", { name: "Export" }).click();
    const saved = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: item }).click();
    expect((await saved).suggestedFilename()).toContain(ending);
  }
});

test("a cancelled run is shown as such and leaves no number", async ({ page }) => {
  await prepareRun(page, { size: "250 MB", lanes: ["LTE only", "LTE + WiFi"] });
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.getByTestId("lane-lte-only")).toHaveAttribute("data-state", "running");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByTestId("lane-lte-only")).toHaveAttribute("data-state", "cancelled");
  await expect(page.getByTestId("over-lte")).toHaveText("–");
  await expect(page.getByTestId("verdict")).toContainText("LTE only was cancelled");
});

test("WiFi that is killed by a key is shown with the stall that was measured, and restored", async ({ page }) => {
  await prepareRun(page, { size: "1 GB", lanes: ["LTE + WiFi"] });
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.getByTestId("lane-lte-wifi")).toHaveAttribute("data-state", "running");
  await expect(page.getByTestId("rate-lte-wifi")).toContainText("Mbit/s");
  const faults = page.getByTestId("faults");
  await page.locator("body").press("w");
  await expect(faults).toContainText("WiFi is down.");
  await expect(page.getByTestId("fault-lte-wifi-0")).toContainText(/WiFi down, (\d+ ms stall|no stall)/);
  await expectNoViolations(page);
  await faults.getByRole("button", { name: "Restore" }).click();
  await expect(faults).toContainText("WiFi is healthy.");
  await expect(page.getByTestId("fault-lte-wifi-1")).toContainText("WiFi restored");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByTestId("lane-lte-wifi")).toHaveAttribute("data-state", "cancelled");
  await expect(faults).toHaveCount(0);
});

test("a run is shared by a link that needs no sign-in, until it is revoked", async ({ page, browser }) => {
  await page.goto("/demo");
  await page.getByRole("link", { name: "Open the run" }).first().click();
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Share this run" });
  await dialog.getByRole("button", { name: "Make a link" }).click();
  const url = await dialog.getByTestId("share-url").innerText();
  await expectNoViolations(page);

  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const stranger = await context.newPage();
  await stranger.goto(url);
  await expect(stranger.getByText("RECORDED", { exact: true })).toBeVisible();
  await expect(stranger.getByText(/by the demo team/)).toBeVisible();
  await expectAccessible(stranger);

  await dialog.getByRole("button", { name: "Revoke" }).first().click();
  await expect(dialog.getByText(/^Revoked/)).toBeVisible();
  await stranger.reload();
  await expect(stranger.getByText("The run is not shown")).toBeVisible();
  await context.close();
});
