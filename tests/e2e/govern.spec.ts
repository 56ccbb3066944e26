import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { totpCode, totpStep } from "@/lib/services/totp";
import { fromBase32 } from "@/tests/factories/base32";
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

test("a second factor is set up, asked for at sign-in, and turned off", async ({ browser }) => {
  const context = await browserOf(browser, "viewer");
  const page = await context.newPage();
  await page.goto("/account");
  await page.getByRole("button", { name: "Set up…" }).click();
  const dialog = page.getByRole("dialog", { name: "Set up the second factor" });
  await dialog.getByLabel("Your password").fill("another four plain words");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(dialog.getByText("Scan this with an authenticator app")).toBeVisible();
  await dialog.getByLabel("Code that the app shows").fill("000000");
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await expect(dialog.getByRole("alert")).toContainText("This code does not fit");
  await expectNoViolations(page);
  const key = await dialog.getByText(/^[A-Z2-7]{32}$/).innerText();
  await dialog.getByLabel("Code that the app shows").fill(totpCode(fromBase32(key), totpStep(Date.now())));
  await dialog.getByRole("button", { name: "Turn on" }).click();
  const codes = await dialog.locator("code").innerText();
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("10 recovery codes left", { exact: false })).toBeVisible();
  const facts = page.getByRole("region", { name: "Who you are" });
  const email = await facts.getByText(/@example\.com$/).innerText();

  const other = await browser.newContext({
    baseURL: given("TWINPATH_BASE_URL"),
    storageState: { cookies: [], origins: [] },
  });
  const signIn = await other.newPage();
  await signIn.goto("/sign-in");
  await signIn.getByLabel("Email").fill(email);
  await signIn.getByLabel("Password", { exact: true }).fill("another four plain words");
  await signIn.getByRole("button", { name: "Sign in" }).click();
  await signIn.getByLabel("Code of your second factor").fill("AAAAA-AAAAA");
  await signIn.getByRole("button", { name: "Sign in" }).click();
  await expect(signIn.getByRole("alert").first()).toContainText("This code does not fit");
  await expectNoViolations(signIn);
  await signIn.getByLabel("Code of your second factor").fill(codes.split("\n")[0] ?? "");
  await signIn.getByRole("button", { name: "Sign in" }).click();
  await expect(signIn.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await other.close();

  await page.getByRole("button", { name: "Turn off…" }).click();
  const removal = page.getByRole("dialog", { name: "Turn off the second factor" });
  await removal.getByLabel("Code").fill(codes.split("\n")[1] ?? "");
  await removal.getByRole("button", { name: "Turn off", exact: true }).click();
  await expect(page.getByRole("button", { name: "Set up…" })).toBeVisible();
  await context.close();
});

test("the audit log is filtered, opened, verified and exported", async ({ page }) => {
  await page.goto("/govern/audit");
  await page.getByRole("searchbox", { name: /^What/ }).fill("session.create");
  const table = page.getByRole("region", { name: "Table of audit entries" });
  await expect(table.getByText("session.create").first()).toBeVisible();
  await expect(table.getByText("staff.link")).toHaveCount(0);
  await table
    .getByRole("button", { name: /^Open entry/ })
    .first()
    .click();
  const drawer = page.getByRole("dialog", { name: /^Entry \d+/ });
  await expect(drawer.getByRole("heading", { name: "Changes" })).toBeVisible();
  await expectNoViolations(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Verify chain" }).click();
  await expect(page.getByText(/^Whole: [\d,]+ entries/)).toBeVisible();
  await expectNoViolations(page);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  expect((await download).suggestedFilename()).toBe("audit.csv");
});

test("an API token is made, works without a cookie, and is revoked", async ({ page, playwright }) => {
  const name = `Reports ${randomUUID().slice(0, 6)}`;
  await page.goto("/govern/tokens");
  await page.getByRole("button", { name: "Add token" }).click();
  const dialog = page.getByRole("dialog", { name: "Add an API token" });
  await dialog.getByRole("button", { name: "Make token" }).click();
  await expect(dialog.getByText("Say which program it is for.")).toBeVisible();
  await dialog.getByLabel("Name").fill(name);
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Make token" }).click();
  const secret = await dialog.locator("code").innerText();
  await dialog.getByRole("button", { name: "Done" }).click();
  const program = await playwright.request.newContext({
    baseURL: given("TWINPATH_BASE_URL"),
    extraHTTPHeaders: { authorization: `Bearer ${secret}` },
  });
  expect((await program.get("/api/usage")).status()).toBe(200);
  expect((await program.post("/api/policy/publish", { data: {} })).status()).toBe(403);
  await page.getByRole("button", { name: `Revoke ${name}` }).click();
  const revoking = page.getByRole("dialog", { name: `Revoke ${name}?` });
  await revoking.getByLabel("Reason").fill("Only a test");
  await revoking.getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByRole("row").filter({ hasText: name })).toContainText("Revoked");
  expect((await program.get("/api/usage")).status()).toBe(401);
  await program.dispose();
});

test("the API's description is read and searched", async ({ page }) => {
  await page.goto("/govern/api");
  await page.getByRole("searchbox", { name: "Path or summary" }).fill("make a subscriber");
  const item = page.getByText("Make a subscriber", { exact: true });
  await expect(item).toHaveCount(1);
  await item.click();
  await expect(page.getByRole("heading", { name: "Body" })).toBeVisible();
  await expectNoViolations(page);
  const answer = await page.request.get("/api/openapi.json");
  expect((await answer.json()).openapi).toBe("3.1.0");
});
