import { expectNoViolations, schemes } from "./axe";
import { expect, statePath, test } from "./portal-test";
import { browserOf } from "./staff-accounts";

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

test("support staff see numbers masked until they look somebody up and say why", async ({ browser }) => {
  const context = await browserOf(browser, "support");
  const page = await context.newPage();
  await page.goto("/subscribers");
  const subscribers = page.getByRole("region", { name: "Table of subscribers" });
  await expect(subscribers.getByText(/^•{4} \d{4}$/).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Export CSV" })).toHaveCount(0);
  await page.goto("/support?subscriber=demo-ue");
  await page.getByLabel("Purpose").fill("Ticket 4713");
  await page.getByRole("button", { name: "Look up" }).click();
  await page.getByRole("region", { name: "Verdict" }).waitFor();
  const number = page.getByRole("link", { name: /^\+\d/ });
  const shown = await number.innerText();
  await number.click();
  await expect(page.getByRole("heading", { level: 1, name: shown })).toBeVisible();
  await context.close();
});

test("a look-up is kept under a link that shows it as it was, until it is taken back", async ({ page }) => {
  await page.goto("/support?subscriber=demo-ue");
  await page.getByLabel("Purpose").fill("Ticket 4714");
  await page.getByRole("button", { name: "Look up" }).click();
  await page.getByRole("button", { name: "Snapshot link" }).click();
  const dialog = page.getByRole("dialog", { name: "Snapshot link" });
  await dialog.getByRole("radio", { name: "1 day" }).click();
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Make the link" }).click();
  const link = await dialog.getByRole("link").innerText();
  await page.goto(link);
  await expect(page.getByText(/^SNAPSHOT of/)).toBeVisible();
  await expect(page.getByText("Purpose: Ticket 4714.")).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Take back" }).click();
  await page.getByRole("button", { name: "Take the link back" }).click();
  await expect(page.getByText("The snapshot was taken back", { exact: true })).toBeVisible();
});

test("a moment shows what ran, which policy was in force, and is shared by its address", async ({ page }) => {
  const at = new Date(Date.now() - 5000).toISOString().slice(0, 19);
  await page.goto("/support?subscriber=demo-ue");
  await page.getByLabel("Purpose").fill("Ticket 4715");
  await page.getByLabel("Moment (UTC)").fill(at);
  await page.getByRole("button", { name: "Look up" }).click();
  await expect(page.getByRole("region", { name: "Moment", exact: true })).toBeVisible();
  await expect(page.getByRole("region", { name: "Policy in force then" }).getByRole("link")).toHaveText(
    /^Version \d+$/,
  );
  await expect(page.getByRole("region", { name: "Table of audit entries" })).toContainText("support.look-up");
  await expect(page).toHaveURL(/at=20/);
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme });
    await expectNoViolations(page);
  }
  await page.reload();
  await expect(page.getByLabel("Moment (UTC)")).toHaveValue(new RegExp(`^${at.slice(0, 16)}`));
  await expect(page.getByLabel("Number, IMSI or device")).not.toHaveValue("demo-ue");
});
