import type { Page } from "@playwright/test";
import { axeFindings } from "../factories/axe-findings";
import { expect } from "./portal-test";

export const schemes = ["light", "dark"] as const;

/** The page as it is now breaks no rule of WCAG 2.2 AA. */
export async function expectNoViolations(page: Page): Promise<void> {
  expect(await axeFindings(page)).toEqual([]);
}

/** The same in both colour schemes, and without scrolling sideways on a phone. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme });
    await expectNoViolations(page);
  }
  await page.emulateMedia({ colorScheme: "light" });
  const size = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), { timeout: 3000 })
    .toBeLessThanOrEqual(0);
  if (size !== null) await page.setViewportSize(size);
}
