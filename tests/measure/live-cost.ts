/**
 * `npm run measure -- live-cost`: the product as shipped and a browser on its demo page, with runs one after the other
 * and the stream's events counted. The CPU time of the page's main thread (Chromium's Performance.getMetrics,
 * TaskDuration), what it holds after each run once garbage is collected, and whether a tab that was told that it is
 * hidden, and frozen by the browser, while a run went on shows what the portal has when it is back. Options:
 * `--minutes N` (default 10), `--quick` (2 minutes).
 */
import { parseArgs } from "node:util";
import type { CDPSession, Page } from "playwright";
import { formatStageTime } from "@/components/demo/format-stage";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { startStage } from "../factories/furnished-product";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, quick: { type: "boolean", default: false } },
});
const minutes = values.quick ? 2 : Number(values.minutes);
const goal = { corePercent: 8, growthBytes: 1_000_000 };
const request = { preset: "city", sizeBytes: 250_000_000, lanes: ["lte-only", "wifi-only", "lte-wifi"] } as const;
const order = { ...request, lanes: [...request.lanes] };

type Load = { taskSeconds: number; heapBytes: number; nodes: number; listeners: number };

async function readLoad(protocol: CDPSession): Promise<Load> {
  await protocol.send("HeapProfiler.collectGarbage");
  const { metrics } = await protocol.send("Performance.getMetrics");
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return {
    taskSeconds: of("TaskDuration"),
    heapBytes: of("JSHeapUsedSize"),
    nodes: of("Nodes"),
    listeners: of("JSEventListeners"),
  };
}

/** Runs in the page, before anything of it: counts the events of its stream. */
function countEvents(): void {
  const counted = { events: 0 };
  Object.assign(window, { counted });
  const { addEventListener } = EventSource.prototype;
  EventSource.prototype.addEventListener = function (this: EventSource, type: string, ...rest: unknown[]) {
    addEventListener.call(this, type, () => {
      counted.events += 1;
    });
    Reflect.apply(addEventListener, this, [type, ...rest]);
  };
}

/** Runs in the page, before anything of it: whether it is hidden is what the measure says. */
function mockVisibility(): void {
  const told = { isHidden: false };
  Object.assign(window, { told });
  Object.defineProperty(document, "hidden", { get: () => told.isHidden });
  Object.defineProperty(document, "visibilityState", { get: () => (told.isHidden ? "hidden" : "visible") });
}

/** A browser without a screen hides no tab: the page is told that it is hidden, as by a browser that has one. */
const setHidden = (page: Page, isHidden: boolean) =>
  page.evaluate((value) => {
    (window as unknown as { told: { isHidden: boolean } }).told.isHidden = value;
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);

const eventsOf = (page: Page) =>
  page.evaluate(() => (window as unknown as { counted: { events: number } }).counted.events);

console.log(describeMachine());
const { staff, context, stop } = await startStage();
try {
  const page = await context.newPage();
  await page.addInitScript(countEvents);
  await page.addInitScript(mockVisibility);
  await page.goto("/demo");
  const protocol = await context.newCDPSession(page);
  // Seconds of the thread's own CPU time, not of the clock's: what else the machine does is not the page's cost.
  await protocol.send("Performance.enable", { timeDomain: "threadTicks" });
  // The first run makes the object and fills what is kept of past runs.
  await staff.runDemo(order);

  const corePercents: number[] = [];
  const held: Load[] = [];
  const deadline = Date.now() + minutes * 60_000;
  while (Date.now() < deadline || held.length < 3) {
    const [before, eventsBefore, beganMs] = [await readLoad(protocol), await eventsOf(page), performance.now()];
    await staff.runDemo(order);
    const seconds = (performance.now() - beganMs) / 1000;
    const [after, events] = [await readLoad(protocol), (await eventsOf(page)) - eventsBefore];
    corePercents.push((100 * (after.taskSeconds - before.taskSeconds)) / seconds);
    held.push(after);
    console.log(
      `run ${held.length}: ${seconds.toFixed(0)} s, ${(events / seconds).toFixed(1)} events/s, ${corePercents.at(-1)?.toFixed(1)} % of a core, then ${(after.heapBytes / 1e6).toFixed(2)} MB in ${after.nodes} nodes and ${after.listeners} listeners`,
    );
  }

  const running = staff.runDemo(order);
  await page.getByTestId("lane-lte-only").and(page.locator("[data-state=running]")).waitFor();
  await setHidden(page, true);
  await protocol.send("Page.setWebLifecycleState", { state: "frozen" });
  const finished = await running;
  await protocol.send("Page.setWebLifecycleState", { state: "active" });
  await setHidden(page, false);
  const shownWithin = performance.now();
  const wrong: string[] = [];
  for (const { lane, elapsedMs } of finished.lanes) {
    const text = `Finished in ${formatStageTime(elapsedMs ?? 0)}`;
    const isShown = page.getByTestId(`lane-${lane}`).getByText(text);
    await isShown.waitFor({ timeout: 3000 }).catch(() => wrong.push(`${lane} does not say "${text}"`));
  }
  const backMs = performance.now() - shownWithin;
  await sleep(1500);
  if (
    !(await page
      .getByText(/^live · /)
      .first()
      .isVisible())
  )
    wrong.push("it is not live");
  console.log(`hidden for a run: back right after ${backMs.toFixed(0)} ms${wrong.map((one) => `; ${one}`).join("")}`);

  const third = Math.max(1, Math.floor(held.length / 3));
  const heapOf = (loads: readonly Load[]) => median(loads.map(({ heapBytes }) => heapBytes));
  const growth = heapOf(held.slice(-third)) - heapOf(held.slice(0, third));
  const isReached = median(corePercents) < goal.corePercent && growth < goal.growthBytes && wrong.length === 0;
  conclude(
    "live-cost",
    `median ${median(corePercents).toFixed(1)} %, worst ${Math.max(...corePercents).toFixed(1)} % of a core; ${(growth / 1e6).toFixed(2)} MB more at the end than at the beginning of ${minutes} minutes; a hidden tab comes back ${wrong.length === 0 ? "right" : "wrong"}`,
    `< ${goal.corePercent} % of a core, < ${goal.growthBytes / 1e6} MB more, right`,
    isReached,
  );
} finally {
  await stop();
}
