import type { Locator, Page } from "@playwright/test";
import { expect, given, statePath, test } from "./portal-test";

test.use({ storageState: statePath });
test.setTimeout(120_000);

const mostTabs = 120;

/** Press Tab until the element has the focus; it then shows that it has. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  const hasFocus = () => target.evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < mostTabs && !(await hasFocus()); presses += 1) await page.keyboard.press("Tab");
  expect(await hasFocus(), "reached by Tab").toBe(true);
  expect(await target.evaluate((element) => element.matches(":focus-visible")), "shows the focus").toBe(true);
}

async function openPage(page: Page, name: string): Promise<void> {
  await expect(page.getByText(/^live · \d/).first()).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

async function typeOver(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
}

test("a policy is changed and published by keyboard alone", async ({ page }) => {
  const discarded = await page.request.post("/api/policy/draft/discard", {
    headers: { origin: given("TWINPATH_BASE_URL") },
    data: { item: null },
  });
  expect(discarded.status()).toBe(200);
  await page.goto("/");
  await openPage(page, "Service classes");
  const silver = page.getByRole("region", { name: "Class Silver" });
  const share = silver.getByRole("textbox", { name: "LTE share of Silver" });
  const next = (await share.inputValue()) === "27" ? "28" : "27";
  await typeOver(page, share, next);
  await tabTo(page, silver.getByRole("button", { name: "Save to draft" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("link", { name: "Review and publish" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Publish…" }));
  await page.keyboard.press("Enter");
  await typeOver(page, page.getByLabel("Reason"), "By keyboard");
  await tabTo(page, page.getByRole("button", { name: "Publish to everyone" }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/policy\/versions\/\d+$/);
  await expect(page.getByText("By keyboard")).toBeVisible();
  await expect(page.getByTestId("ack-summary")).toHaveText(/^(The node has it|All \d+ nodes have it)$/);
});

test("a subscriber is looked up by keyboard alone", async ({ page }) => {
  await page.goto("/");
  await openPage(page, "Look-up");
  await typeOver(page, page.getByLabel("Number, IMSI or device"), "demo-ue");
  await typeOver(page, page.getByLabel("Purpose"), "Ticket 4720");
  await page.keyboard.press("Enter");
  const verdict = page.getByRole("region", { name: "Verdict" });
  await expect(verdict.getByText(/^Next: /)).toBeVisible();
  await tabTo(page, verdict.getByRole("button", { name: "Copy for ticket" }));
});

test("a demo of one lane is set up, run and read by keyboard alone", async ({ page }) => {
  await page.goto("/");
  await openPage(page, "Demo");
  const size = page.getByRole("radiogroup", { name: "Object size" });
  await tabTo(page, size.getByRole("radio", { checked: true }));
  // Held as long as a finger holds it: the choice follows the focus while the key is down.
  await page.keyboard.press("ArrowRight", { delay: 100 });
  await expect(size.getByRole("radio", { name: "100 MB" }), "from the last choice on to the first").toBeChecked();
  for (const name of ["LTE only", "WiFi only"]) {
    await tabTo(page, page.getByRole("checkbox", { name, exact: true }));
    await page.keyboard.press("Space");
  }
  const start = page.getByRole("button", { name: "Start", exact: true });
  await tabTo(page, start);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("lane-lte-wifi")).toHaveAttribute("data-state", "finished", { timeout: 60_000 });
  await tabTo(page, page.getByRole("button", { name: "Method" }));
  await page.keyboard.press("Enter");
  const method = page.getByRole("dialog", { name: "Method" });
  await expect(method.getByText(/wget/).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(method).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Method" }), "the focus is where it was").toBeFocused();
});
