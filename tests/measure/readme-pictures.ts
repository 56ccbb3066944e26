/**
 * `npm run measure -- readme-pictures`: takes the README's pictures from the product as shipped, at work: a kept demo run,
 * and the overview and the network map while a download goes on. The goal is that each is a page without an error of 200
 * KB at most. They are written over those in public/pictures.
 */
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine } from "../factories/figures";
import { startStage, untilTrafficFlows } from "../factories/furnished-product";
import { PortalDesk } from "../factories/portal-desk";

const folder = "public/pictures";
const most = 200_000;
const size = { width: 1280, height: 800 };
/** So long traffic fills the charts before they are taken. */
const fillMs = 10_000;

/** Taken each during a download of its own. */
const live = [
  ["overview", "/", "Throughput by access"],
  ["map", "/map", "Content providers"],
] as const;

const problems: string[] = [];

async function take(page: Page, name: string, path: string, ready: string): Promise<void> {
  await page.goto(path);
  await page.getByText(ready).filter({ visible: true }).first().waitFor();
  await sleep(3000);
  const file = join(folder, `${name}.png`);
  await page.screenshot({ path: file });
  const bytes = (await stat(file)).size;
  if (bytes > most) problems.push(`${name} has ${bytes} bytes`);
  console.log(`${file}: ${Math.round(bytes / 1000)} KB`);
}

console.log(describeMachine());
const { staff, context, stop } = await startStage();
try {
  await mkdir(folder, { recursive: true });
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(error.message));
  await page.setViewportSize(size);
  const run = await staff.runDemo({
    preset: "city",
    sizeBytes: 250_000_000,
    lanes: ["lte-only", "wifi-only", "lte-wifi"],
  });
  await take(page, "demo", `/demo/runs/${run.id}`, "RECORDED");
  // The last of the first steps, which the overview then leaves out.
  await new PortalDesk(staff).publishClass("silver", { lteSharePercent: 25 });
  for (const [name, path, ready] of live) {
    const running = staff.runDemo({ preset: "city", sizeBytes: 1_000_000_000, lanes: ["lte-wifi"] });
    await untilTrafficFlows(staff);
    await sleep(fillMs);
    await take(page, name, path, ready);
    await running;
  }
  for (const problem of problems) console.log(problem);
  conclude("readme-pictures", `3 pictures, ${problems.length} problems`, "0 problems", problems.length === 0);
} finally {
  await stop();
}
