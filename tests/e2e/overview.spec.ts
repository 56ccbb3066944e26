import type { Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import { expect, prepareRun, statePath, test } from "./portal-test";
import { browserOf } from "./staff-accounts";

test.use({ storageState: statePath });
test.setTimeout(120_000);

/** How many of the live chart's pixels are painted. */
function paintedPixels(page: Page): Promise<number> {
  return page
    .locator(".uplot canvas")
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      return data.filter((value, index) => index % 4 === 3 && value > 0).length;
    });
}

test("the overview moves while a download runs through the proxy", async ({ page }) => {
  await prepareRun(page, { size: "1 GB", lanes: ["LTE + WiFi"] });
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.getByTestId("lane-lte-wifi")).toHaveAttribute("data-state", "running");
  await page.getByRole("link", { name: "Overview" }).click();

  const download = page.getByTestId("figure-download");
  await expect(download).toContainText(/\d{2,3}(\.\d)? ?Mbit\/s/);
  await expect(page.getByTestId("figure-sessions")).not.toHaveText("0");
  const seen = new Set<string>();
  await expect
    .poll(async () => seen.add(await download.innerText()).size, {
      message: "different download rates",
      timeout: 20_000,
    })
    .toBeGreaterThan(3);
  expect(await paintedPixels(page)).toBeGreaterThan(5000);
  await expect(page.getByText(/^live · \d/)).toBeVisible();

  const sessions = page.getByRole("region", { name: "Table of sessions" });
  await expect(sessions.getByText("MPTCP").first()).toBeVisible();
  await page.getByRole("link", { name: "Demo", exact: true }).click();
  await expect(page.getByTestId("lane-lte-wifi")).toHaveAttribute("data-state", "finished", { timeout: 90_000 });
});

test("another page is fetched once somebody points at its link, and no other", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (searchParams.has("_rsc")) asked.push(pathname);
  });
  await page.goto("/");
  await expect(page.getByText(/^live · \d/)).toBeVisible();
  await page.getByRole("link", { name: "Nodes", exact: true }).first().hover();
  await expect.poll(() => asked).toContain("/nodes");
  expect(new Set(asked)).toEqual(new Set(["/nodes"]));
});

test("a session's bytes add up path by path", async ({ page }) => {
  await page.goto("/sessions");
  await page
    .getByRole("button", { name: /^Details of/ })
    .first()
    .click();
  const balance = page.getByRole("region", { name: "Byte balance" });
  await expect(balance.getByText("Sum of the paths")).toBeVisible();
  await expect(balance.getByText("Not explained")).toHaveCount(0);
});

test("the palette leads to any page by keyboard", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByText(/^live · \d/)).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("nodes");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Nodes" })).toBeVisible();
});

test("a number typed into the palette is searched for or looked up, and is in no address", async ({ page }) => {
  const number = "010-1234-5678";
  const type = async () => {
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("combobox", { name: "Find a page or command" })).toBeFocused();
    await page.keyboard.type(number);
  };
  await page.goto("/");
  await expect(page.getByText(/^live · \d/)).toBeVisible();
  await type();
  await page.getByRole("option", { name: /Search subscribers for/ }).click();
  await expect(page.getByRole("searchbox", { name: "MSISDN, IMSI, device or id" })).toHaveValue(number);
  await expect(page).toHaveURL(/\/subscribers$/);
  await type();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Number, IMSI or device")).toHaveValue(number);
  await expect(page).toHaveURL(/\/support$/);
});

test("the palette leads to a white-list by its name, and keeps the chosen row in view", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByText(/^live · \d/)).toBeVisible();
  await page.keyboard.press("Control+k");
  const chosen = page.getByRole("option", { selected: true });
  await page.keyboard.press("ArrowUp");
  await expect(chosen, "the last of a list that is longer than its window").toBeInViewport({ ratio: 0.9 });
  await page.getByRole("combobox", { name: "Find a page or command" }).fill("wikimedia");
  await page.getByRole("option", { name: /^Go to White-list Wikipedia and Wikimedia$/ }).click();
  await expect(page).toHaveURL(/\/policy\/white-lists\/wikimedia$/);
});

test("the first steps are one's own, tick themselves, and are gone once all are done", async ({ browser }) => {
  const support = await browserOf(browser, "support");
  const page = await support.newPage();
  await page.goto("/");
  const steps = page.getByRole("region", { name: "First steps" });
  await expect(steps).toContainText("2 of 3 done");
  await expect(page.getByTestId("first-step-device")).toHaveAttribute("data-done", "true");
  await expectAccessible(page);
  await page.getByTestId("first-step-look-up").getByRole("link").click();
  await page.getByLabel("Number, IMSI or device").fill("demo-ue");
  await page.getByLabel("Purpose").fill("Ticket 4730");
  await page.getByRole("button", { name: "Look up" }).click();
  await expect(page.getByRole("region", { name: "Verdict" })).toBeVisible();
  await page.goto("/");
  await expect(page.getByRole("region", { name: "Current figures" })).toBeVisible();
  await expect(steps).toHaveCount(0);
  await support.close();
});

test("the first steps are put away for good", async ({ browser }) => {
  const support = await browserOf(browser, "support");
  const page = await support.newPage();
  await page.goto("/");
  const steps = page.getByRole("region", { name: "First steps" });
  await page.getByRole("button", { name: "Put the first steps away" }).click();
  await expect(steps).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("region", { name: "Current figures" })).toBeVisible();
  await expect(steps).toHaveCount(0);
  await support.close();
});
