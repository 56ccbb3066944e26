import { admin, expect, given, statePath, test } from "./portal-test";

test("the set-up link makes the first administrator and signs in", async ({ page }) => {
  await page.goto(given("TWINPATH_SETUP_URL"));
  await page.getByLabel("Name").fill(admin.name);
  await page.getByLabel("Email").fill(admin.email);
  const password = page.getByLabel("Password", { exact: true });
  await password.fill("too short");
  await page.getByRole("button", { name: "Make the account" }).click();
  await expect(page.getByRole("alert").first()).toContainText("at least 12 characters");

  await password.fill(admin.password);
  await expect(password).toHaveAttribute("type", "password");
  await page.getByRole("button", { name: "Show password" }).click();
  await expect(password).toHaveAttribute("type", "text");
  await page.getByRole("button", { name: "Make the account" }).click();

  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await expect(page.getByRole("button", { name: `Account of ${admin.name}` })).toContainText("admin");
  await page.context().storageState({ path: statePath });
});

test("the set-up link works once", async ({ page }) => {
  await page.goto(given("TWINPATH_SETUP_URL"));
  await page.getByLabel("Name").fill("Second");
  await page.getByLabel("Email").fill("second@example.com");
  await page.getByLabel("Password", { exact: true }).fill("another four plain words");
  await page.getByRole("button", { name: "Make the account" }).click();
  await expect(page.getByRole("alert").first()).toContainText("The first account was made already");
});
