/**
 * `npm run measure -- pictures`: the product as shipped with real traffic, and a picture of every page, light and dark,
 * 1440, 1024 and 390 px wide, in tests/output/pictures, for somebody to look at. The goal is that no page scrolls
 * sideways and none writes an error to the console. Options: `--page PART` (only addresses with this part),
 * `--width N`, `--scheme light|dark`, `--language ko` (of the pages for staff alone), `--full` (whole pages, not what a
 * screen shows).
 */
import { mkdir, rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { BrowserContext, Page } from "playwright";
import { conclude, describeMachine } from "../factories/figures";
import { furnish, startStage, untilTrafficFlows } from "../factories/furnished-product";
import {
  fixedPages,
  furnishedPages,
  furnishedStrangersPages,
  type KnownPage,
  strangersPages,
} from "../factories/portal-pages";

const { values } = parseArgs({
  options: {
    page: { type: "string", default: "" },
    width: { type: "string" },
    scheme: { type: "string" },
    language: { type: "string", default: "en" },
    full: { type: "boolean", default: false },
  },
});
const folder = "tests/output/pictures";
const heights: Readonly<Record<number, number>> = { 1440: 900, 1024: 768, 390: 844 };
const widths = [1440, 1024, 390].filter((width) => String(width) === (values.width ?? String(width)));
const schemes = (["light", "dark"] as const).filter((scheme) => scheme === (values.scheme ?? scheme));
const readyMs = 15_000;
/** What comes in after the page's own text: a chart's first frame, a list. */
const settleMs = 300;

const faults: string[] = [];
let pictures = 0;

function pictureName(path: string): string {
  const name = path.replaceAll(/[^a-z0-9]+/gi, "-").replace(/^-/, "");
  return name === "" ? "overview" : name.slice(0, 48);
}

async function picture(page: Page, { path, ready }: KnownPage): Promise<void> {
  await page.goto(path);
  const sign = values.language === "en" ? page.getByText(ready) : page.getByRole("heading", { level: 1 });
  const isReady = await sign
    .filter({ visible: true })
    .first()
    .waitFor({ timeout: readyMs })
    .then(
      () => true,
      () => false,
    );
  const skeletons = page.locator(".animate-pulse").filter({ visible: true });
  await skeletons
    .first()
    .waitFor({ state: "detached", timeout: readyMs })
    .catch(() => undefined);
  if (!isReady) faults.push(`${path}: no ${String(ready)} after ${readyMs / 1000} s`);
  for (const scheme of schemes)
    for (const width of widths) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: heights[width] ?? 900 });
      await page.waitForTimeout(settleMs);
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (excess > 0) faults.push(`${path}: ${excess} px too wide at ${width} px, ${scheme}`);
      await page.screenshot({ path: `${folder}/${pictureName(path)}.${width}.${scheme}.png`, fullPage: values.full });
      pictures += 1;
    }
}

async function walk(context: BrowserContext, pages: readonly KnownPage[]): Promise<void> {
  const page = await context.newPage();
  let at = "";
  page.on("pageerror", (error) => faults.push(`${at}: threw ${error.message}`));
  page.on("console", (message) => {
    if (/Content.Security.Policy|hydrat/i.test(message.text())) faults.push(`${at}: ${message.text()}`);
  });
  for (const known of pages) {
    at = known.path;
    if (at.includes(values.page)) await picture(page, known);
  }
  await page.close();
}

console.log(describeMachine());
const { demo, staff, browser, context, stop } = await startStage();
try {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // While not all of them are done.
  await walk(context, [{ path: "/?first-steps", ready: "First steps" }]);
  const made = await furnish(staff);
  await staff.call("PUT", "/api/account/language", { language: values.language });
  const running = staff.runDemo({ preset: "city", sizeBytes: 1_000_000_000, lanes: ["lte-wifi"] });
  await untilTrafficFlows(staff);
  await walk(context, [...fixedPages, ...furnishedPages(made)]);
  await running;
  if (values.language === "en") {
    const stranger = await browser.newContext({ baseURL: demo.portalUrl });
    await walk(stranger, [...strangersPages, ...furnishedStrangersPages(made)]);
  }
  for (const fault of faults) console.log(fault);
  conclude("pictures", `${pictures} pictures, ${faults.length} faults`, "0 faults", faults.length === 0);
} finally {
  await stop();
}
