import { expectNoViolations, schemes } from "./axe";
import { expect, statePath, test } from "./portal-test";

test.use({ storageState: statePath });

test("a rule is changed, and muted with a reason", async ({ page }) => {
  await page.goto("/alerts");
  const rules = page.getByRole("region", { name: "Table of rules" });
  await expect(rules.getByText("Fallback to plain TCP")).toBeVisible();
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme });
    await expectNoViolations(page);
  }
  await page.getByRole("button", { name: "Edit WiFi stalls" }).click();
  const dialog = page.getByRole("dialog", { name: "WiFi stalls", exact: true });
  await dialog.getByLabel("Threshold").fill("101");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("Give a number from 0 to 100.")).toBeVisible();
  await dialog.getByLabel("Threshold").fill("35");
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(rules.getByText("35 % for 5 min")).toBeVisible();
  await page.getByRole("button", { name: "Mute WiFi stalls" }).click();
  const mute = page.getByRole("dialog", { name: "Mute WiFi stalls" });
  await mute.getByLabel("Reason").fill("Planned work on the access network");
  await mute.getByRole("button", { name: "Mute", exact: true }).click();
  await expect(rules.getByText(/^Muted until/)).toBeVisible();
  await page.getByRole("button", { name: "Mute WiFi stalls" }).click();
  await mute.getByRole("radio", { name: "End it" }).click();
  await mute.getByLabel("Reason").fill("The work is done");
  await mute.getByRole("button", { name: "End the mute" }).click();
  await expect(rules.getByText(/^Muted until/)).toHaveCount(0);
});

test("a webhook inside the network is refused in words", async ({ page }) => {
  await page.goto("/alerts");
  await page.getByLabel("Address").fill("https://10.1.2.3/hook");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/^The webhook is not called/)).toBeVisible();
  await expect(page.getByText("Alerts are sent nowhere.")).toBeVisible();
});
