import { expect, signIn, test } from "./portal-test";

test("a wrong password says what to do, the right one leads back to the page asked for", async ({ page }) => {
  await page.goto("/subscribers?state=active");
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Fsubscribers%3Fstate%3Dactive$/);
  await signIn(page, "not the password at all");
  await expect(page.getByRole("alert").first()).toContainText("Check both and try again");
  await signIn(page);
  await expect(page).toHaveURL(/\/subscribers\?state=active$/);
  await expect(page.getByRole("heading", { level: 1, name: "Subscribers" })).toBeVisible();
});

test("the way back never leads to another host", async ({ page, baseURL }) => {
  await page.goto("/sign-in?callbackUrl=https%3A%2F%2Fevil.example%2F");
  await signIn(page);
  await expect(page).toHaveURL(`${baseURL}/`);
});

test("signing out ends the session for this browser", async ({ page }) => {
  await page.goto("/sign-in");
  await signIn(page);
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  const cookies = await page.context().cookies();
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto("/nodes");
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Fnodes$/);

  await page.context().addCookies(cookies);
  await page.goto("/nodes");
  await expect(page, "the old cookie is worth nothing any more").toHaveURL(/\/sign-in/);
});
