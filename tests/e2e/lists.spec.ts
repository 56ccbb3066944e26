import type { Page } from "@playwright/test";
import { expectAccessible, expectNoViolations } from "./axe";
import { expect, statePath, test } from "./portal-test";

test.use({ storageState: statePath });

const heads = (page: Page) => page.getByRole("region", { name: "Table of subscribers" }).getByRole("columnheader");
const stateField = (page: Page) => page.getByRole("combobox", { name: "State" });

test("a view is kept, survives a reload, is shown again, and its deletion undone", async ({ page }) => {
  await page.goto("/subscribers");
  await expect(heads(page).filter({ hasText: "IMSI" })).toBeVisible();
  await stateField(page).selectOption({ label: "Active" });
  await expect(page).toHaveURL(/\?state=active$/);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitemcheckbox", { name: "IMSI" }).click();
  await expect(heads(page).filter({ hasText: "IMSI" })).toHaveCount(0);
  await expectNoViolations(page);
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Keep this view …" }).click();
  const dialog = page.getByRole("dialog", { name: "Keep this view" });
  await dialog.getByRole("button", { name: "Keep", exact: true }).click();
  await expect(dialog.getByText("Give it a name.")).toBeVisible();
  await dialog.getByLabel("Name").fill("Active ones");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "View: Active ones" })).toBeVisible();

  await page.reload();
  await expect(stateField(page)).toHaveValue("active");
  await expect(page.getByRole("button", { name: "View: Active ones" })).toBeVisible();
  await expect(heads(page).filter({ hasText: "Class" })).toBeVisible();
  await expect(heads(page).filter({ hasText: "IMSI" })).toHaveCount(0);
  await expectAccessible(page);

  await stateField(page).selectOption({ label: "Every state" });
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitemcheckbox", { name: "As many as the screen is wide" }).click();
  await page.keyboard.press("Escape");
  await expect(heads(page).filter({ hasText: "IMSI" })).toBeVisible();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitemradio", { name: "Active ones" }).click();
  await expect(stateField(page)).toHaveValue("active");
  await expect(heads(page).filter({ hasText: "IMSI" })).toHaveCount(0);

  await page.getByRole("button", { name: "View: Active ones" }).click();
  await page.getByRole("menuitem", { name: "Delete “Active ones”" }).click();
  await expect(page.getByRole("button", { name: "Views" })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("button", { name: "View: Active ones" })).toBeVisible();
});

test("close rows stay close, on every list", async ({ page }) => {
  await page.goto("/govern/audit");
  const cell = page.getByRole("region", { name: "Table of audit entries" }).getByRole("cell").first();
  const height = async () => (await cell.boundingBox())?.height ?? 0;
  await expect(cell).toBeVisible();
  const before = await height();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitemradio", { name: "Compact" }).click();
  await page.keyboard.press("Escape");
  expect(await height()).toBeLessThan(before);
  await page.reload();
  await expect(cell).toBeVisible();
  expect(await height()).toBeLessThan(before);
});
