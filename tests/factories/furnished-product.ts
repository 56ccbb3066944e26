import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright";
import { newApiTokenSchema } from "@/lib/contracts/api-tokens";
import { newDemoShareSchema } from "@/lib/contracts/demo-shares";
import { sessionListSchema } from "@/lib/contracts/portal";
import { newStaffSchema } from "@/lib/contracts/staff";
import { importJobSchema } from "@/lib/contracts/subscribers";
import { madeSnapshotSchema, sealedCaseSchema } from "@/lib/contracts/support";
import { sleep } from "@/lib/shared/sleep";
import { browserPath } from "./browser.mjs";
import { PortalDesk } from "./portal-desk";
import { firstAccount, SignedInStaff, type StartedDemo, startDemo } from "./started-demo";

const demoDevice = "demo-ue";
const importedRows = 64;

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(500)) if (await isSo()) return;
  throw new Error(`${what}: not within a minute`);
}

/** Chromium as the measures use it; no traffic of its own. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"],
  });
}

/** What is started from now on runs on these cores. */
function startOn(cores: string): void {
  execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", cores, String(process.pid)]);
}

/** Starts the browser on the last core and leaves the others to the product: a user's computer carries no subscriber's traffic. */
async function startBrowserApart(): Promise<Browser> {
  const cores = availableParallelism();
  if (cores < 2) return startBrowser();
  startOn(String(cores - 1));
  try {
    return await startBrowser();
  } finally {
    startOn(cores === 2 ? "0" : `0-${cores - 2}`);
  }
}

/** Sign the first account in by the form. */
export async function signInByForm(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(firstAccount.email);
  await page.getByLabel("Password", { exact: true }).fill(firstAccount.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}

/** The product with its testbed, its first account, and a browser in which that is signed in. */
export type Stage = {
  demo: StartedDemo;
  staff: SignedInStaff;
  browser: Browser;
  context: BrowserContext;
  stop: () => Promise<void>;
};

/** @param isApart the browser has a core to itself */
export async function startStage(isApart = false): Promise<Stage> {
  const browser = await (isApart ? startBrowserApart() : startBrowser());
  const demo = await startDemo({ preset: "city" }).catch(async (error: unknown) => {
    await browser.close();
    throw error;
  });
  const stop = async (): Promise<void> => {
    await browser.close();
    await demo.stop();
  };
  try {
    const staff = await SignedInStaff.byLink(demo);
    const context = await browser.newContext({ baseURL: demo.portalUrl, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await signInByForm(page);
    await page.close();
    // Its status is known before it listens for orders: a first small run shows that it does.
    const first = { preset: "city", sizeBytes: 1_000_000, lanes: ["lte-wifi"] } as const;
    const order = () => staff.runDemo({ ...first, lanes: [...first.lanes] });
    await until("the testbed takes orders", () =>
      order().then(
        ({ state }) => state === "finished",
        () => false,
      ),
    );
    return { demo, staff, browser, context, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Addresses of what `furnish` made. */
export type Furnishings = {
  runId: string;
  /** Opens the shared run without sign-in. */
  shareUrl: string;
  /** Chooses the password of an account that was invited. */
  invitationUrl: string;
  snapshotToken: string;
  sessionKey: string;
  importId: string;
  subscriberId: string;
};

/** A subscriber file of which two rows are refused. */
function subscriberFile(): string {
  const classes = ["gold", "silver", "bronze"];
  const rows = Array.from({ length: importedRows }, (_, index) => {
    const number = String(index).padStart(4, "0");
    const state = index % 17 === 5 ? "suspended" : "active";
    return `+82105550${number},45005${String(index).padStart(10, "0")},${state},${classes[index % 3]},`;
  });
  return [
    "msisdn,imsi,state,service_class,extra_white_lists",
    ...rows,
    "+82,1,active,gold,",
    "+821055599999,,active,platinum,",
  ].join("\n");
}

async function importSubscribers(staff: SignedInStaff): Promise<string> {
  const answer = await staff.fetch("/api/subscriber-imports?name=subscribers-of-november.csv", {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body: subscriberFile(),
  });
  const { id } = importJobSchema.parse(await answer.json());
  const settled = async () => {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(100)) {
      const job = importJobSchema.parse(await staff.call("GET", `/api/subscriber-imports/${id}`));
      if (job.state !== "checking" && job.state !== "committing") return;
    }
    throw new Error("the import did not end");
  };
  await settled();
  await staff.call("POST", `/api/subscriber-imports/${id}/commit`, { reason: "Subscribers of November" });
  await settled();
  return id;
}

/** Resolves once a run that was ordered moves more than 10 Mbit/s; its object has to be made first. */
export async function untilTrafficFlows(staff: SignedInStaff): Promise<void> {
  await until("traffic flows", async () => {
    const { lte = 0, wifi = 0 } = (await staff.liveSnapshot()).rates.at(-1)?.downloadBps ?? {};
    return lte + wifi > 10e6;
  });
}

/**
 * Give a product that runs what its pages show at work: demo runs over the testbed, a published policy and a draft,
 * imported subscribers, accounts, a token, a kept look-up. All by its API and its testbed; nothing is made up.
 */
export async function furnish(staff: SignedInStaff): Promise<Furnishings> {
  const desk = new PortalDesk(staff);
  await desk.publishClass("silver", { lteSharePercent: 25 });
  const importId = await importSubscribers(staff);
  const invited = newStaffSchema.parse(
    await staff.call("POST", "/api/staff", { name: "Grace Hopper", email: "grace@example.org", role: "support" }),
  );
  newApiTokenSchema.parse(
    await staff.call("POST", "/api/tokens", { name: "Reports at night", scopes: ["read"], validDays: 90 }),
  );
  const lanes: ("lte-only" | "wifi-only" | "lte-wifi")[] = ["lte-only", "wifi-only", "lte-wifi"];
  const run = await staff.runDemo({ preset: "city", sizeBytes: 100_000_000, lanes });
  const shared = newDemoShareSchema.parse(await staff.call("POST", `/api/demo/runs/${run.id}/shares`, {}));
  const found = await staff.call("POST", "/api/support/look-up", {
    identifier: demoDevice,
    purpose: "Ticket 4711",
    destination: null,
  });
  const shown = sealedCaseSchema.parse(found);
  const snapshot = madeSnapshotSchema.parse(await staff.call("POST", "/api/support/snapshots", { shown, days: 7 }));
  const sessions = sessionListSchema.parse(await staff.call("GET", "/api/sessions"));
  const biggest = [...sessions.items].sort((a, b) => b.downloadBytes - a.downloadBytes)[0];
  if (biggest === undefined) throw new Error("the demo run left no session");
  const subscriber = await desk.subscriberOf(demoDevice);
  return {
    runId: run.id,
    shareUrl: shared.url,
    invitationUrl: invited.link.url,
    snapshotToken: snapshot.token,
    sessionKey: biggest.key,
    importId,
    subscriberId: subscriber.id,
  };
}
