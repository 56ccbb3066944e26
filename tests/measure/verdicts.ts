/**
 * `npm run measure -- verdicts`: the product as shipped, preset city. Faults are staged one after the other while a download
 * runs through the agent, and the support desk's look-up must name each one: WiFi that strips MPTCP, WiFi that falls silent,
 * a service that is not white-listed, a quota that is used up, a class that keeps LTE as backup, an agent that is off; and
 * nothing wrong. The portal's page must say it too, of which a picture is taken (tests/output/verdicts). An agent counts as
 * off when it was not heard of for two and a half minutes, which are waited for.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SupportCase, supportCaseSchema, type VerdictCause } from "@/lib/contracts/support";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { signInByForm, startBrowser } from "../factories/furnished-product";
import { startAgentProcess } from "../factories/started-agent";
import { setLinks, startSteeringBench } from "../factories/steering-bench";

const flowSeconds = 6;
const lookAfterMs = 4000;
const offMs = 170_000;
const folderOfPictures = "tests/output/verdicts";

console.log(describeMachine());
await mkdir(folderOfPictures, { recursive: true });
const browser = await startBrowser();
const bench = await startSteeringBench();
const { demo, net, flows, staff } = bench;
const context = await browser.newContext({ baseURL: demo.portalUrl, viewport: { width: 1440, height: 900 } });
const page = await context.newPage();
const tookMs: number[] = [];
const wrong: string[] = [];

const purpose = "a measure of verdicts";

/** The same sentence a moment later, when its figures may be others. */
function sayingSo(sentence: string): RegExp {
  const parts = sentence.split(/\d+/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("\\d+")}$`);
}

async function lookUp(identifier: string, destination: string | null): Promise<SupportCase> {
  const began = performance.now();
  const body = { identifier, purpose, destination };
  const found = supportCaseSchema.parse(await staff.call("POST", "/api/support/look-up", body));
  tookMs.push(performance.now() - began);
  await page.goto("/support");
  await page.getByLabel("Number, IMSI or device").fill(identifier);
  await page.getByLabel("Purpose").fill(purpose);
  await page.getByLabel("Service (if one is slow)").fill(destination ?? "");
  await page.getByRole("button", { name: "Look up", exact: true }).click();
  await page.getByText(sayingSo(found.verdict.sentence)).first().waitFor({ timeout: 5000 });
  await page.screenshot({ path: `${folderOfPictures}/${found.verdict.cause}.png` });
  return found;
}

async function expectVerdict(fault: string, wanted: VerdictCause, look: () => Promise<SupportCase>): Promise<void> {
  const { verdict } = await look();
  const isNamed = verdict.cause === wanted;
  if (!isNamed) wrong.push(fault);
  console.log(`${isNamed ? "yes" : "NO "}  ${fault}: ${verdict.sentence} → ${verdict.action}`);
}

/** Looks while a download that began after the fault, or before it, runs. */
async function whileLoaded(stage: () => Promise<unknown>, isBefore: boolean): Promise<SupportCase> {
  if (isBefore) await stage();
  const flow = flows.begin({ direction: "download", way: "agent", seconds: flowSeconds });
  try {
    if (!isBefore) {
      await sleep(2000);
      await stage();
    }
    await sleep(lookAfterMs - (isBefore ? 0 : 2000));
    return await lookUp("demo-ue", null);
  } finally {
    flow.kill();
    await net.setFault("wifi", "none");
    await sleep(3000);
  }
}

try {
  await signInByForm(page);
  await setLinks(net, "city");
  await bench.setClass("gold");
  const nothing = async (): Promise<void> => undefined;
  await expectVerdict("nothing wrong", "aggregating", () => whileLoaded(nothing, true));
  await expectVerdict("WiFi strips MPTCP", "options-stripped", () =>
    whileLoaded(() => net.setFault("wifi", "options-stripped"), true),
  );
  await expectVerdict("WiFi falls silent", "path-stale", () =>
    whileLoaded(() => net.setFault("wifi", "blackhole"), false),
  );
  await expectVerdict("not white-listed", "not-white-listed", () => lookUp("demo-ue", "203.0.113.9:443"));
  await bench.setClass("bronze");
  await expectVerdict("the class keeps LTE as backup", "backup-by-policy", () => whileLoaded(nothing, true));
  await bench.setClass("gold", { lteQuotaBytes: 1_000_000, whenQuotaReached: "bronze" });
  await expectVerdict("the quota is used up", "quota-reached", () => whileLoaded(nothing, true));
  const folder = await mkdtemp(join(tmpdir(), "twinpath-verdicts-"));
  try {
    const credential = await demo.enrolDevice();
    const agent = await startAgentProcess(demo, folder, ["--port", "1099", "--page-port", "8099"], credential);
    await agent.stop();
    await sleep(offMs);
    await expectVerdict("the agent is off", "agent-offline", () => lookUp(credential.deviceId, null));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`a look-up took median ${median(tookMs).toFixed(0)} ms, worst ${Math.max(...tookMs).toFixed(0)} ms`);
  conclude(
    "verdicts",
    wrong.length === 0 ? "7 of 7 named" : `${7 - wrong.length} of 7 named; not ${wrong.join(", ")}`,
    "all",
    wrong.length === 0,
  );
} finally {
  await browser.close();
  await bench.stop();
}
