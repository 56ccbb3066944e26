import { readFile } from "node:fs/promises";
import { expectNoViolations, schemes } from "./axe";
import { expect, statePath, test } from "./portal-test";

test.use({ storageState: statePath });

test("the history has a chart, its twin as a table, a sentence and a file", async ({ page }) => {
  await page.goto("/history");
  await expect(page.getByText(/^Total: /)).toBeVisible();
  await page.getByRole("radio", { name: "1 h", exact: true }).click();
  await page.getByRole("checkbox", { name: "Compare with the week before" }).click();
  await expect(page.getByText("Week before", { exact: true })).toBeVisible();
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme });
    await expectNoViolations(page);
  }
  for (const split of ["By class", "By white-list", "By node", "By access"]) {
    await page.getByRole("radio", { name: split }).click();
    await expect(page.getByText(/^Total: /)).toBeVisible();
  }
  await page.getByRole("button", { name: "Table" }).click();
  const table = page.getByRole("region", { name: "Table of the chart" });
  await expect(table.getByRole("columnheader", { name: "Highest minute" })).toBeVisible();
  await expectNoViolations(page);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export CSV" }).click(),
  ]);
  expect(await readFile(await file.path(), "utf8")).toContain("at,series,name,min_bit_per_s");
});

test("a span of one's own is checked before it is asked for", async ({ page }) => {
  await page.goto("/history");
  await page.getByRole("radio", { name: "Custom" }).click();
  await page.getByLabel("From (UTC)").fill("2026-01-01T00:00");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("choose 31 days or less")).toBeVisible();
});
