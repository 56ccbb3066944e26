import { expectNoViolations, schemes } from "./axe";
import { expect, statePath, test } from "./portal-test";

test.use({ storageState: statePath });

test("a look-up by keyboard says what is so, what to do next, and goes into a ticket", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/support");
  await page.getByLabel("Number, IMSI or device").fill("demo-ue");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").first()).toContainText("ticket");
  await page.getByLabel("Purpose").fill("Ticket 4711");
  await page.keyboard.press("Enter");
  const verdict = page.getByRole("region", { name: "Verdict" });
  await expect(verdict.getByText(/^Next: /)).toBeVisible();
  await expect(page.getByRole("region", { name: "LTE" })).toContainText("Download, today (UTC)");
  await verdict.getByRole("button", { name: "Copy for ticket" }).click();
  await expect(page.getByText("The look-up is copied for the ticket", { exact: true })).toBeVisible();
  const sentence = (await verdict.getByRole("status").innerText()).trim();
  const ticket = await page.evaluate(() => navigator.clipboard.readText());
  expect(ticket).toContain("Ticket 4711");
  expect(ticket).toContain(sentence);
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme });
    await expectNoViolations(page);
  }
});

test("a look-up that finds nobody, or a service past the proxy, says so", async ({ page }) => {
  await page.goto("/support?subscriber=nobody-at-all");
  await page.getByLabel("Purpose").fill("Ticket 4712");
  await page.getByRole("button", { name: "Look up" }).click();
  await expect(page.getByText("Nobody found")).toBeVisible();
  await page.getByLabel("Number, IMSI or device").fill("demo-ue");
  await page.getByLabel("Service (if one is slow)").fill("203.0.113.9:443");
  await page.getByRole("button", { name: "Look up" }).click();
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("does not go through the proxy");
});
