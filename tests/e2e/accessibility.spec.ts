import { fixedPages, strangersPages } from "../factories/portal-pages";
import { expectAccessible, expectNoViolations, schemes } from "./axe";
import { expect, statePath, test } from "./portal-test";

test.describe("signed out", () => {
  for (const { path } of strangersPages) {
    test(`${path} is accessible`, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectAccessible(page);
    });
  }
});

test.describe("signed in", () => {
  test.use({ storageState: statePath });
  for (const { path, ready } of fixedPages) {
    test(`${path} is accessible`, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByText(ready).filter({ visible: true }).first()).toBeVisible();
      await expectAccessible(page);
    });
  }

  for (const scheme of schemes) {
    test(`the draft's steps and dialogs are accessible, ${scheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto("/policy/white-lists/youtube");
      await page.getByRole("textbox", { name: "New rule" }).fill("youtube-nocookie.com");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("region", { name: "Draft" })).toBeVisible();
      await page.getByRole("button", { name: "Paste many" }).click();
      await page.getByLabel("Rules, one a line").fill("example.com\nnot right");
      await expect(page.getByRole("region", { name: "Preview" })).toBeVisible();
      await expectNoViolations(page);
      await page.goto("/policy/versions");
      for (const step of ["Changes", "Validate", "Impact", "Differences"]) {
        await page.getByRole("tab", { name: new RegExp(step) }).click();
        await expect(page.getByRole("tabpanel").getByRole("status", { name: "Loading" })).toHaveCount(0);
        await expectNoViolations(page);
      }
      await page.getByRole("button", { name: "Publish…" }).click();
      await page.getByRole("radio", { name: /a part of the subscribers/ }).click();
      await expectNoViolations(page);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Discard all" }).click();
      await page.getByRole("button", { name: /^Discard \d+ change/ }).click();
      await expect(page.getByText("The draft is as in force").first()).toBeVisible();
    });

    test(`a recorded run and its method are accessible, ${scheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto("/demo");
      await page.getByRole("link", { name: "Open the run" }).first().click();
      await expect(page.getByText("RECORDED", { exact: true })).toBeVisible();
      await expectNoViolations(page);
      await page.getByRole("button", { name: "Method" }).click();
      await expect(page.getByRole("dialog", { name: "Method" })).toBeVisible();
      await expectNoViolations(page);
    });
  }
});
