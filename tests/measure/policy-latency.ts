/**
 * `npm run measure -- policy-latency`: the product as shipped, a Silver device with a download running through the
 * proxy, a real browser: change Silver's LTE share, publish by the page. From the click on publish until the node has
 * acknowledged the version, and until the running session's report is decided by it. Option: `--runs N` (default 10).
 */
import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright";
import { policyVersionDetailSchema, policyVersionListSchema } from "@/lib/contracts/policy-admin";
import { sessionListSchema } from "@/lib/contracts/portal";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { signInByForm, startBrowser } from "../factories/furnished-product";
import { PortalDesk } from "../factories/portal-desk";
import { SignedInStaff, startDemo } from "../factories/started-demo";

const { values } = parseArgs({ options: { runs: { type: "string", default: "10" } } });
const runs = Number(values.runs);
const goalMs = 1000;
const nodeId = "testbed-proxy";
const deviceId = "demo-ue";
/** How finely the two moments are seen; each figure is at most this much too long. */
const pollMs = 40;
const deadlineMs = 20_000;
/** At the rates of the preset this runs longer than the measure. */
const objectBytes = 40_000_000_000;

/** Type Silver's share, save it to the draft, and go up to the dialog's last button. */
async function preparePublication(page: Page, share: number): Promise<void> {
  await page.goto("/policy/classes");
  const silver = page.getByRole("region", { name: "Class Silver" });
  await silver.getByRole("textbox", { name: "LTE share of Silver" }).fill(String(share));
  await silver.getByRole("button", { name: "Save to draft" }).click();
  await page.getByRole("link", { name: "Review and publish" }).click();
  await page.getByRole("button", { name: "Publish…" }).click();
  await page.getByLabel("Reason").fill(`LTE share ${share} %`);
}

/** Press publish; the moment of the press by the browser's clock, which is this machine's. */
async function pressPublish(page: Page): Promise<number> {
  const pressed = page.evaluate(
    () =>
      new Promise<number>((resolve) =>
        document.addEventListener("click", () => resolve(Date.now()), { capture: true, once: true }),
      ),
  );
  await page.getByRole("button", { name: "Publish to everyone" }).click({ noWaitAfter: true });
  return pressed;
}

async function untilTrue(what: string, isTrue: () => Promise<boolean>): Promise<number> {
  for (const deadline = Date.now() + deadlineMs; Date.now() < deadline; await sleep(pollMs))
    if (await isTrue()) return Date.now();
  throw new Error(`${what}: not within ${deadlineMs / 1000} s`);
}

const describe = (figures: readonly number[]): string =>
  `median ${median(figures).toFixed(0)} ms, worst ${Math.max(...figures).toFixed(0)} ms`;

console.log(describeMachine());
const demo = await startDemo({ preset: "city" });
const browser = await startBrowser();
let download: ReturnType<typeof spawn> | null = null;
try {
  const staff = await SignedInStaff.byLink(demo);
  await new PortalDesk(staff).changeSubscriber(deviceId, { serviceClassId: "silver" });
  const object = await open(join(demo.dataDir, "testbed/objects/large.bin"), "w");
  await object.truncate(objectBytes);
  await object.close();
  const url = `http://${demo.contentAddress}/large.bin`;
  const curl = ["curl", "-s", "-o", "/dev/null", "-x", "http://127.0.0.1:1080", url];
  download = spawn("ip", ["netns", "exec", demo.namespace("ue"), ...curl], { stdio: "ignore" });

  const newestVersion = async (): Promise<number> => {
    const list = policyVersionListSchema.parse(await staff.call("GET", "/api/policy/versions?limit=1"));
    return list.items[0]?.version ?? 0;
  };
  const readVersion = async (version: number) =>
    policyVersionDetailSchema.parse(await staff.call("GET", `/api/policy/versions/${version}`));
  const isApplied = async (version: number): Promise<boolean> => {
    if ((await newestVersion()) < version) return false;
    const ack = (await readVersion(version)).acks.find((entry) => entry.nodeId === nodeId);
    if (ack?.state === "failed") throw new Error(`the node refused version ${version}: ${ack.reason}`);
    return ack?.state === "applied";
  };
  const isFelt = async (version: number): Promise<boolean> => {
    const list = sessionListSchema.parse(await staff.call("GET", "/api/sessions?state=running"));
    const sessions = list.items.filter((row) => row.deviceId === deviceId && row.serviceClassId === "silver");
    return sessions.length > 0 && sessions.every((row) => row.policyVersion >= version);
  };
  await untilTrue("a Silver session runs", () => isFelt(0));

  const page = await browser.newPage({ baseURL: demo.portalUrl, viewport: { width: 1440, height: 900 } });
  await signInByForm(page);
  const acknowledgedMs: number[] = [];
  const feltMs: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    await preparePublication(page, 20 + (run % 2 === 0 ? 0 : 10));
    const version = (await newestVersion()) + 1;
    const pressed = pressPublish(page);
    const acknowledged = untilTrue("the node acknowledges", () => isApplied(version));
    const felt = untilTrue("the session follows", () => isFelt(version));
    const pressedAt = await pressed;
    acknowledgedMs.push((await acknowledged) - pressedAt);
    feltMs.push((await felt) - pressedAt);
    await page.getByTestId("ack-summary").waitFor();
    const { publishedAt, acks } = await readVersion(version);
    const told = acks.find((entry) => entry.nodeId === nodeId)?.at ?? publishedAt;
    const stages = [publishedAt, told].map((at) => Date.parse(at) - pressedAt);
    console.log(
      `run ${run}: version ${version} acknowledged after ${acknowledgedMs.at(-1)} ms, used by the running session after ${feltMs.at(-1)} ms; by the portal's own clock published after ${stages[0]} ms and acknowledged after ${stages[1]} ms`,
    );
  }
  const bothMs = feltMs.map((felt, index) => Math.max(felt, acknowledgedMs[index] ?? Number.NaN));
  console.log(
    `acknowledged by the node: ${describe(acknowledgedMs)}; used by the running session: ${describe(feltMs)}`,
  );
  conclude("policy-latency", `${describe(bothMs)}; ${runs} runs`, `median < ${goalMs} ms`, median(bothMs) < goalMs);
} finally {
  download?.kill("SIGKILL");
  await browser.close();
  await demo.stop();
}
