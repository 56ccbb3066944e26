import type { Page } from "@playwright/test";
import { expectNoViolations } from "./axe";
import { expect, statePath, test } from "./portal-test";

test.use({ storageState: statePath });
test.setTimeout(120_000);

const card = (page: Page) => page.getByRole("region", { name: "Testbed proxy" });

async function giveReason(page: Page, verb: string, reason: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: verb, exact: true }).click();
  await expect(dialog).toHaveCount(0);
}

test("a node is drained, resumed, set and restarted, and shows who asked", async ({ page }) => {
  await page.goto("/nodes");
  const node = card(page);
  await expect(node.getByText("Up", { exact: true })).toBeVisible();

  await node.getByRole("button", { name: "Drain" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Drain", exact: true }).click();
  await expect(page.getByText("Say why, in a few words.")).toBeVisible();
  await giveReason(page, "Drain", "A new kernel");
  await expect(node.getByText(/^(Drained|Draining, .* left)$/)).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(node.getByText("Up", { exact: true })).toBeVisible();
  await node.getByRole("button", { name: "Drain" }).click();
  await giveReason(page, "Drain", "A newer kernel");
  await expect(node.getByText(/Takes no new sessions: Ana Kowalska, .*“A newer kernel”/)).toBeVisible();
  await expectNoViolations(page);
  await node.getByRole("button", { name: "Resume" }).click();
  await giveReason(page, "Resume", "Done");
  await expect(node.getByText("Up", { exact: true })).toBeVisible();

  await node.getByRole("button", { name: "Settings of Testbed proxy" }).click();
  const drawer = page.getByRole("dialog", { name: "Settings of Testbed proxy" });
  await drawer.getByLabel("Connections at most").fill("many");
  await drawer.getByLabel("Reason").fill("Less room");
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer.getByText(/^A whole number\./)).toBeVisible();
  await expectNoViolations(page);
  await drawer.getByLabel("Connections at most").fill("1234");
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer).toHaveCount(0);
  await expect(node.getByText(/1,234 connections at most/)).toBeVisible();

  const starts = node.locator("dt", { hasText: "Starts seen" }).locator("+ dd");
  const before = Number(await starts.innerText());
  await node.getByRole("button", { name: "Restart" }).click();
  await giveReason(page, "Restart", "To be sure");
  await expect(starts).toHaveText(String(before + 1), { timeout: 40_000 });
  await expect(node.getByText("Up", { exact: true })).toBeVisible();
  await expect(node.getByText(/1,234 connections at most/)).toBeVisible();
});
