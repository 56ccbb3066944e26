import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expectNoViolations } from "./axe";
import { admin, expect, given, statePath, test } from "./portal-test";
import { browserOf } from "./staff-accounts";

test.use({ storageState: statePath });

const rowOf = (page: Page, text: string) =>
  page.getByRole("region", { name: "Table of staff" }).getByRole("row").filter({ hasText: text });

test("staff are invited with a link that works once, given another role, and disabled", async ({ page, browser }) => {
  const name = `Jo ${randomUUID().slice(0, 6)}`;
  const email = `${name.replace(" ", "-").toLowerCase()}@example.com`;
  await page.goto("/govern/staff");
  await page.getByRole("button", { name: "Add staff" }).click();
  const adding = page.getByRole("dialog", { name: "Add staff" });
  await adding.getByLabel("Name").fill(name);
  await adding.getByLabel("Email").fill("not an address");
  await adding.getByRole("button", { name: "Make account and link" }).click();
  await expect(adding.getByRole("alert")).toContainText("ana@example.com");
  await expectNoViolations(page);
  await adding.getByLabel("Email").fill(email);
  await adding.getByLabel("Role").selectOption("support");
  await adding.getByRole("button", { name: "Make account and link" }).click();
  const link = await adding.getByText("/choose-password?token=").innerText();
  await expectNoViolations(page);
  await adding.getByRole("button", { name: "Done" }).click();
  await expect(rowOf(page, email)).toContainText("Invited");

  const theirs = await browser.newContext({
    baseURL: given("TWINPATH_BASE_URL"),
    storageState: { cookies: [], origins: [] },
  });
  const theirPage = await theirs.newPage();
  await theirPage.goto(link);
  await theirPage.getByLabel("New password").fill("too short");
  await theirPage.getByRole("button", { name: "Set the password" }).click();
  await expect(theirPage.getByRole("alert").first()).toContainText("at least 12 characters");
  await theirPage.getByLabel("New password").fill("four other plain words");
  await theirPage.getByRole("button", { name: "Set the password" }).click();
  await expect(theirPage.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await theirPage.goto(link);
  await expect(theirPage.getByText("This link is not valid")).toBeVisible();
  await theirPage.goto("/govern/staff");
  await expect(theirPage.getByText("Not for your role")).toBeVisible();

  await page.getByRole("button", { name: `Edit ${name}` }).click();
  const editing = page.getByRole("dialog", { name: `Edit ${name}` });
  await editing.getByLabel("Role").selectOption("operator");
  await editing.getByRole("checkbox", { name: /^Disabled/ }).check();
  await editing.getByRole("button", { name: "Save" }).click();
  await expect(editing.getByText("Say why, in a few words.")).toBeVisible();
  await editing.getByLabel("Reason").fill("Left the company");
  await expectNoViolations(page);
  await editing.getByRole("button", { name: "Save" }).click();
  await expect(rowOf(page, email)).toContainText("Disabled");
  await expect(rowOf(page, email)).toContainText("operator");
  await theirPage.goto("/account");
  await expect(theirPage, "who is disabled is signed out").toHaveURL(/\/sign-in/);
  await theirs.close();
});

test("administrators cannot take their own rights away", async ({ page }) => {
  await page.goto("/govern/staff");
  await page.getByRole("button", { name: `Edit ${admin.name}` }).click();
  const editing = page.getByRole("dialog", { name: `Edit ${admin.name}` });
  await expect(editing.getByLabel("Role")).toBeDisabled();
  await expect(editing.getByRole("checkbox", { name: /^Disabled/ })).toHaveCount(0);
});

test("one's own password is changed, and other sign-ins end", async ({ browser }) => {
  const context = await browserOf(browser, "viewer");
  const page = await context.newPage();
  await page.goto("/");
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Your account" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Your account" })).toBeVisible();
  await expect(page.getByText("This browser", { exact: true })).toBeVisible();
  await page.getByLabel("Current password").fill("not the password at all");
  await page.getByLabel("New password").fill("five quite new plain words");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("This is not your password.")).toBeVisible();
  await page.getByLabel("Current password").fill("another four plain words");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Password changed", { exact: true }).first()).toBeVisible();
  await expect(page.getByLabel("Current password")).toHaveValue("");
  await context.close();
});
