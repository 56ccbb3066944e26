/**
 * `npm run measure -- replay`: the product as shipped; demo runs in both directions, followed on the live stream as a
 * browser follows it. After each event that brought samples, the figures of the lane as the page shows them; then the
 * same lane of the kept run, played to the same moment: every number is to be equal, and so is the chart at the end. Then
 * in a browser: the recording's page, second by second, shows these numbers. Option: `--runs N` (default 2, a direction
 * each).
 */

import { parseArgs } from "node:util";
import type { Page } from "playwright";
import { formatStageRate } from "@/components/demo/format-stage";
import { prepareDemoChart } from "@/components/demo/prepare-demo-chart";
import { prepareLane } from "@/components/demo/prepare-lane";
import { prepareReplay } from "@/components/demo/prepare-replay";
import { prepareVerdict } from "@/components/demo/prepare-verdict";
import { LiveStore } from "@/components/live/live-store";
import { type DemoDirection, demoDirectionSchema, type LaneId, type LaneReport } from "@/lib/contracts/demo";
import { type DemoRun, demoRunSchema } from "@/lib/contracts/live";
import { formatBytes } from "@/lib/shared/units";
import { conclude, describeMachine } from "../factories/figures";
import { startStage } from "../factories/furnished-product";
import type { SignedInStaff } from "../factories/started-demo";
import { english } from "../factories/words";

const { values } = parseArgs({ options: { runs: { type: "string", default: "2" } } });
const lanes: LaneId[] = ["lte-only", "wifi-only", "lte-wifi"];
const sizeBytes = 100_000_000;

type Moment = { lane: LaneId; tMs: number; figures: Record<string, number | null> };

/** The numbers that a lane's card shows. */
function figuresOf(lane: LaneReport): Moment["figures"] {
  const { lane: _, ...figures } = prepareLane(lane, sizeBytes);
  return figures;
}

let compared = 0;
const differences: string[] = [];

function compare(what: string, live: unknown, replayed: unknown): void {
  compared += 1;
  const [left, right] = [JSON.stringify(live), JSON.stringify(replayed)];
  if (left !== right) differences.push(`${what}: live ${left.slice(0, 200)}, replayed ${right.slice(0, 200)}`);
}

/** Order a run and follow it to its end: what the page had, and its figures at every moment on the way. */
async function followRun(
  staff: SignedInStaff,
  direction: DemoDirection,
): Promise<{ live: DemoRun; moments: Moment[] }> {
  const store = new LiveStore();
  const moments: Moment[] = [];
  const over = new AbortController();
  const following = staff.followLive(over.signal, (event) => {
    store.apply(event, Date.now());
    const { run } = store.getState();
    if (event.type !== "lane" || event.lane.samples.length === 0 || event.lane.state !== "running") return;
    const lane = run?.lanes.find((one) => one.lane === event.lane.lane);
    const newest = lane?.samples.at(-1);
    if (lane !== undefined && newest !== undefined)
      moments.push({ lane: lane.lane, tMs: newest.tMs, figures: figuresOf(lane) });
  });
  const ordered = await staff.runDemo({ preset: "city", direction, sizeBytes, lanes });
  for (const deadline = Date.now() + 5000; Date.now() < deadline; ) {
    const { run } = store.getState();
    if (run?.id === ordered.id && run.state === "finished") break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  over.abort();
  await following;
  const { run: live } = store.getState();
  if (live === null || live.id !== ordered.id) throw new Error("the live stream did not tell of the run");
  return { live, moments };
}

/** Step through the recording's page and compare what it says with what the recording has. */
async function walkPage(page: Page, run: DemoRun): Promise<void> {
  await page.goto(`/demo/runs/${run.id}`);
  const slider = page.getByRole("slider", { name: "Moment of the recording" });
  await slider.press("Home");
  for (;;) {
    const text = await page.getByTestId("replay-time").innerText();
    const [atText = "", lengthText = ""] = text.split(" of ");
    const shown = prepareReplay(run, Number.parseFloat(atText) * 1000);
    for (const lane of atText === lengthText ? run.lanes : shown.lanes) {
      const { rateBps, deliveredBytes } = prepareLane(lane, sizeBytes);
      const card = page.getByTestId(`lane-${lane.lane}`);
      const rate = (await card.getByTestId(`rate-${lane.lane}`).innerText()).replaceAll(/\s/g, "");
      const expected = rateBps === null ? "–" : formatStageRate(rateBps).replaceAll(" ", "");
      compare(`page at ${atText}, ${lane.lane}`, expected, rate);
      const done = await card.locator("dd").first().innerText();
      compare(`page at ${atText}, ${lane.lane}, bytes`, formatBytes(deliveredBytes), done);
    }
    if (atText === lengthText) return;
    await slider.press("PageUp");
  }
}

console.log(describeMachine());
const { staff, context, stop } = await startStage();
try {
  const page = await context.newPage();
  for (let index = 0; index < Number(values.runs); index += 1) {
    const direction = demoDirectionSchema.options[index % 2] ?? "download";
    const { live, moments } = await followRun(staff, direction);
    const kept = demoRunSchema.parse(await staff.call("GET", `/api/demo/runs/${live.id}`));
    for (const { lane, tMs, figures } of moments) {
      const replayed = prepareReplay(kept, tMs).lanes.find((one) => one.lane === lane);
      compare(`${lane} at ${tMs} ms`, figures, replayed === undefined ? null : figuresOf(replayed));
    }
    for (const lane of live.lanes) {
      const recorded = kept.lanes.find((one) => one.lane === lane.lane);
      compare(`${lane.lane} at its end`, figuresOf(lane), recorded === undefined ? null : figuresOf(recorded));
      compare(`${lane.lane}, samples`, lane.samples, recorded?.samples);
    }
    compare("the result", prepareVerdict(english, live), prepareVerdict(english, kept));
    compare("the chart", prepareDemoChart(english, live), prepareDemoChart(english, kept));
    const before = compared;
    await walkPage(page, kept);
    console.log(
      `${direction}: ${moments.length} moments of ${live.lanes.length} lanes, ${compared - before} texts of the page, ${differences.length} differences so far`,
    );
  }
  for (const difference of differences.slice(0, 20)) console.log(difference);
  conclude(
    "replay",
    `${differences.length} of ${compared} comparisons differ, ${values.runs} runs`,
    "0 differ",
    differences.length === 0 && compared > 0,
  );
} finally {
  await stop();
}
