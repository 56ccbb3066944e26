import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, statePath, test } from "./portal-test";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const schemes = ["light", "dark"] as const;

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  expect(found).toEqual([]);
}

test.describe("signed out", () => {
  for (const scheme of schemes) {
    for (const path of ["/sign-in", "/setup?token=0123456789abcdef0123", "/setup"]) {
      test(`${path} is accessible, ${scheme}`, async ({ page }) => {
        await page.emulateMedia({ colorScheme: scheme });
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expectNoViolations(page);
      });
    }
  }
});

test.describe("signed in", () => {
  test.use({ storageState: statePath });
  for (const scheme of schemes) {
    for (const { path, ready } of [
      { path: "/", ready: "Throughput by access" },
      { path: "/sessions", ready: "Destination" },
      { path: "/nodes", ready: "Testbed proxy" },
      { path: "/demo", ready: "Past runs" },
    ]) {
      test(`${path} is accessible, ${scheme}`, async ({ page }) => {
        await page.emulateMedia({ colorScheme: scheme });
        await page.goto(path);
        await expect(page.getByText(ready).first()).toBeVisible();
        await expectNoViolations(page);
      });
    }

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

  test("no page scrolls sideways on a phone", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ["/", "/sessions", "/nodes", "/demo"]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(excess, path).toBeLessThanOrEqual(0);
    }
  });
});
