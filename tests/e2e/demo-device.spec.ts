import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { newSecret, sha256Hex } from "@/lib/shared/ids";
import { expectAccessible } from "./axe";
import { expect, given, statePath, test } from "./portal-test";

test.use({ storageState: statePath });
test.setTimeout(120_000);

const deviceId = "fair-phone";
const secret = newSecret();
let agent: ChildProcess;
let folder: string;

/** A device of the demo's subscriber. */
async function addDevice(): Promise<void> {
  const client = new Client({ connectionString: given("TWINPATH_TEST_DATABASE_URL") });
  await client.connect();
  await client.query(
    `INSERT INTO devices (id, name, subscriber_id, secret_sha256)
     SELECT $1, 'Phone of the fair', id, $2 FROM subscribers WHERE msisdn = '99999000001'
     ON CONFLICT (id) DO UPDATE SET secret_sha256 = excluded.secret_sha256`,
    [deviceId, sha256Hex(secret)],
  );
  await client.end();
}

test.beforeAll(async () => {
  await addDevice();
  folder = await mkdtemp(join(tmpdir(), "fair-phone-"));
  // On this machine's loopback, and without the right to touch its path manager.
  const own = ["--lte", "127.0.0.2", "--wifi", "127.0.0.3", "--port", "18080", "--page-port", "0"];
  const portal = ["--portal", given("TWINPATH_BASE_URL"), "--proxy", "127.0.0.1:9", "--data-dir", folder];
  const product = [process.execPath, "dist/twinpath.js", "agent", ...portal, ...own, "--allow-demo-runs"];
  agent = spawn("setpriv", ["--bounding-set=-net_admin", "--inh-caps=-net_admin", ...product], {
    env: { ...process.env, TWINPATH_DEVICE_ID: deviceId, TWINPATH_DEVICE_SECRET: secret },
    stdio: "ignore",
  });
});

test.afterAll(async () => {
  const ended = once(agent, "exit");
  agent.kill("SIGTERM");
  await ended;
  await rm(folder, { recursive: true, force: true });
});

test("a real device is chosen as the UE, says what it cannot do, and runs the rest from the portal's object", async ({
  page,
}) => {
  await page.goto("/demo");
  await page.getByLabel("UE", { exact: true }).selectOption("Phone of the fair");
  await expect(page.getByRole("radio", { name: /^City/ })).toHaveCount(0);
  await expect(page.getByTestId("refusals")).toContainText("LTE + WiFi cannot be run: LTE and WiFi are one interface");
  await expect(page.getByRole("checkbox", { name: "LTE + WiFi", exact: true })).toBeDisabled();
  await page.getByRole("radio", { name: "100 MB" }).click();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  for (const lane of ["lte-only", "wifi-only"]) {
    const card = page.getByTestId(`lane-${lane}`);
    await expect(card).toHaveAttribute("data-state", "finished", { timeout: 60_000 });
    await expect(card).toContainText("equal");
  }
  await expect(page.getByTestId("faults")).toHaveCount(0);
  await page.getByRole("button", { name: "Method" }).click();
  const method = page.getByRole("dialog", { name: "Method" });
  await expect(method.getByText("Phone of the fair")).toBeVisible();
  await expect(method.getByText(/--bind-address=127\.0\.0\.2/)).toBeVisible();
  await expect(method.getByText(/\/api\/demo\/source\/$/)).toBeVisible();
  await page.keyboard.press("Escape");

  await page.locator("body").press("r");
  await page.getByRole("link", { name: "Open the run" }).first().click();
  await expect(page.getByText("RECORDED", { exact: true })).toBeVisible();
  await expect(page.getByText("Phone of the fair · 100 MB")).toBeVisible();
});
