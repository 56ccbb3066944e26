/**
 * `npm run measure -- axe`: the product as shipped with real traffic; every page, light and dark, against axe's rules of
 * WCAG 2.2 AA and its best practice. Option: `--page PART` (only addresses with this part).
 */
import { parseArgs } from "node:util";
import type { BrowserContext } from "playwright";
import { axeFindings } from "../factories/axe-findings";
import { conclude, describeMachine } from "../factories/figures";
import { furnish, startStage } from "../factories/furnished-product";
import {
  fixedPages,
  furnishedPages,
  furnishedStrangersPages,
  type KnownPage,
  strangersPages,
} from "../factories/portal-pages";

const { values } = parseArgs({ options: { page: { type: "string", default: "" } } });
let checks = 0;
let findings = 0;

async function check(context: BrowserContext, pages: readonly KnownPage[]): Promise<void> {
  const page = await context.newPage();
  for (const { path, ready } of pages.filter((one) => one.path.includes(values.page))) {
    await page.goto(path);
    await page.getByText(ready).filter({ visible: true }).first().waitFor();
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      const found = await axeFindings(page);
      checks += 1;
      findings += found.length;
      for (const finding of found) console.log(`${path}, ${scheme}: ${finding}`);
    }
  }
  await page.close();
}

console.log(describeMachine());
const { demo, staff, browser, context, stop } = await startStage();
try {
  const made = await furnish(staff);
  await check(context, [...fixedPages, ...furnishedPages(made)]);
  const stranger = await browser.newContext({ baseURL: demo.portalUrl });
  await check(stranger, [...strangersPages, ...furnishedStrangersPages(made)]);
  conclude("axe", `${findings} findings in ${checks} checks`, "0 findings", findings === 0 && checks > 0);
} finally {
  await stop();
}
