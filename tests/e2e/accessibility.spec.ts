import { expectNoViolations, schemes } from "./axe";
import { expect, statePath, test } from "./portal-test";

const narrowPaths = [
  "/",
  "/sessions",
  "/map",
  "/nodes",
  "/alerts",
  "/history",
  "/support",
  "/support/snapshots/nobody-has-this",
  "/demo",
  "/policy/classes",
  "/policy/white-lists",
  "/policy/white-lists/youtube",
  "/policy/versions",
  "/policy/versions/1",
  "/policy/simulator?host=www.youtube.com",
  "/policy/networks",
  "/govern/staff",
  "/govern/tokens",
  "/govern/api",
  "/govern/audit",
  "/account",
];

test.describe("signed out", () => {
  for (const scheme of schemes) {
    for (const path of ["/sign-in", "/setup?token=0123456789abcdef0123", "/setup", "/choose-password", "/shared"]) {
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
      { path: "/map", ready: "Content providers" },
      { path: "/nodes", ready: "Testbed proxy" },
      { path: "/alerts", ready: "Fallback to plain TCP" },
      { path: "/history", ready: "LTE share by class" },
      { path: "/support/snapshots/nobody-has-this", ready: "No snapshot at this link" },
      { path: "/support", ready: "Who is calling?" },
      { path: "/demo", ready: "Past runs" },
      { path: "/policy/classes", ready: "LTE share, at most" },
      { path: "/policy/white-lists", ready: "YouTube" },
      { path: "/policy/white-lists/youtube", ready: "googlevideo.com" },
      { path: "/policy/versions", ready: "Version 1" },
      { path: "/policy/versions/1", ready: "The first policy" },
      { path: "/policy/simulator?host=www.youtube.com", ready: "Every step" },
      { path: "/policy/networks", ready: "Allowed private ranges" },
      { path: "/govern/staff", ready: "Last sign-in" },
      { path: "/govern/api", ready: "/api/subscribers" },
      { path: "/govern/tokens", ready: "Add token" },
      { path: "/govern/audit", ready: "session.create" },
      { path: "/account", ready: "This browser" },
    ]) {
      test(`${path} is accessible, ${scheme}`, async ({ page }) => {
        await page.emulateMedia({ colorScheme: scheme });
        await page.goto(path);
        await expect(page.getByText(ready).first()).toBeVisible();
        await expectNoViolations(page);
      });
    }

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

  test("no page scrolls sideways on a phone", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of narrowPaths) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(excess, path).toBeLessThanOrEqual(0);
    }
  });
});
