import type { Page } from "@playwright/test";
import { messagesOf } from "@/lib/words/messages";
import { fixedPages } from "../factories/portal-pages";
import { expect, given, signIn, statePath, test } from "./portal-test";

const { ko } = messagesOf;
const sameInBoth = /LTE|WiFi|MPTCP|UTC|API|CSV|Twinpath|Ctrl K|English|e2e|local/;

/** Words of the page's shell and headings that are still English, but for names, which no language changes. */
async function englishLeftovers(page: Page): Promise<string[]> {
  const shown = page.locator("nav, h1, h2, th, button, label, dt").filter({ visible: true });
  const texts = await shown.evaluateAll((elements) =>
    elements
      .filter((element) => element.querySelector("[translate=no]") === null)
      .map((element) => element.textContent?.trim() ?? ""),
  );
  const english = new Set<string>(Object.values(messagesOf.en).flatMap((area) => Object.values(area)));
  return texts.filter((text) => english.has(text) && /[a-z]{3}/.test(text.replace(sameInBoth, "")));
}

async function choose(page: Page, account: RegExp, language: string): Promise<void> {
  await page.getByRole("button", { name: account }).filter({ visible: true }).click();
  await page.getByRole("menuitemradio", { name: language }).click();
}

test.describe("signed out", () => {
  test("the sign-in page changes its language and keeps it", async ({ page }) => {
    await page.goto("/sign-in");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await page.getByLabel("Email").fill("someone@example.com");
    await page.getByRole("button", { name: "한국어" }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", "ko");
    await expect(page.getByRole("heading", { level: 1, name: ko.pages.signIn })).toBeVisible();
    await expect(page.getByLabel(ko.common.email), "what was typed stays").toHaveValue("someone@example.com");
    await page.reload();
    await expect(page.getByRole("heading", { level: 1, name: ko.pages.signIn })).toBeVisible();
  });
});

test.describe("a browser that wants Korean", () => {
  test.use({ locale: "ko-KR" });

  test("gets Korean before anything was chosen", async ({ page }) => {
    await page.goto("/sign-in");
    await expect(page.locator("html")).toHaveAttribute("lang", "ko");
    await expect(page).toHaveTitle(`${ko.pages.signIn} · Twinpath`);
  });
});

test.describe("signed in", () => {
  test.use({ storageState: statePath });

  test.afterEach(async ({ page, baseURL }) => {
    // The choice is the account's: the other tests read English.
    const headers = { origin: baseURL ?? "" };
    const answer = await page.request.put("/api/account/language", { data: { language: "en" }, headers });
    expect(answer.status()).toBe(204);
  });

  test("the choice goes with the account to another browser, whatever that one wants", async ({ page, browser }) => {
    await page.goto("/");
    await choose(page, /^Account of/, "한국어");
    await expect(page.getByRole("heading", { level: 1, name: ko.pages.overview })).toBeVisible();
    const elsewhere = await browser.newContext({
      locale: "en-US",
      baseURL: given("TWINPATH_BASE_URL"),
      storageState: { cookies: [], origins: [] },
    });
    const other = await elsewhere.newPage();
    await other.goto("/sign-in");
    await expect(other.locator("html")).toHaveAttribute("lang", "en");
    await signIn(other);
    await expect(other.getByRole("heading", { level: 1, name: ko.pages.overview })).toBeVisible();
    await expect(other.locator("html")).toHaveAttribute("lang", "ko");
    await elsewhere.close();
  });

  test("what the portal says of itself is Korean too", async ({ page }) => {
    await page.goto("/");
    await choose(page, /^Account of/, "한국어");
    await expect(page.getByRole("heading", { level: 1, name: ko.pages.overview })).toBeVisible();
    await page.goto("/policy/simulator?host=www.youtube.com&from=100.64.10.2");
    await expect(page.getByTestId("sentence")).toContainText("화이트리스트 “YouTube”에 있습니다");
    const steps = page.getByRole("region", { name: ko.simulator.steps }).getByRole("listitem");
    await expect(steps.first()).toBeVisible();
    for (const step of await steps.all()) expect(await step.innerText()).not.toMatch(/\b(is|the|may|opens|not)\b/);
    await page.goto("/support");
    await page.getByLabel(ko.support.purpose).fill("a");
    await page.getByRole("button", { name: ko.support.lookUp, exact: true }).click();
    await expect(page.getByText(ko.told.writeTicket)).toBeVisible();
  });

  test("the portal is Korean on every page, and English again", async ({ page }) => {
    test.setTimeout(240_000);
    await page.goto("/");
    await choose(page, /^Account of/, "한국어");
    await expect(page.locator("html")).toHaveAttribute("lang", "ko");
    await expect(page.getByRole("heading", { level: 1, name: ko.pages.overview })).toBeVisible();
    for (const { path } of fixedPages) {
      await page.goto(path);
      await expect(page.locator("html")).toHaveAttribute("lang", "ko");
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByRole("status", { name: ko.common.loading })).toHaveCount(0);
      expect(await englishLeftovers(page), path).toEqual([]);
      expect(await page.title(), path).toMatch(/[가-힣]/);
    }
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("English");
    await page.keyboard.press("Enter");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
  });
});
