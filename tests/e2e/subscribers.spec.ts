import { randomInt } from "node:crypto";
import type { Page } from "@playwright/test";
import { type Subscriber, type SubscriberInput, subscriberSchema } from "@/lib/contracts/subscribers";
import { expectAccessible, expectNoViolations } from "./axe";
import { expect, given, statePath, test } from "./portal-test";
import { browserOf } from "./staff-accounts";

test.use({ storageState: statePath });

/** A number that no other test has. */
const newMsisdn = (): string => `+8299${String(randomInt(1e8)).padStart(8, "0")}`;
const lastDigits = (msisdn: string): string => msisdn.slice(-7);

async function makeSubscriber(page: Page, changes: Partial<SubscriberInput> = {}): Promise<Subscriber> {
  const input = { msisdn: newMsisdn(), imsi: null, state: "active", serviceClassId: "gold", extraWhiteListIds: [] };
  const response = await page.request.post("/api/subscribers", {
    headers: { origin: given("TWINPATH_BASE_URL") },
    data: { ...input, ...changes },
  });
  expect(response.status()).toBe(201);
  return subscriberSchema.parse(await response.json());
}

const tableOf = (page: Page) => page.getByRole("region", { name: "Table of subscribers" });
const rowOf = (page: Page, { msisdn }: Pick<Subscriber, "msisdn">) =>
  tableOf(page)
    .getByRole("row")
    .filter({ has: page.getByRole("checkbox", { name: `Choose ${msisdn}` }) });

async function find(page: Page, text: string): Promise<void> {
  await page.getByRole("searchbox", { name: "MSISDN, IMSI, device or id" }).fill(text);
}

test("a subscriber is added with words about what is wrong, and found by its last digits", async ({ page }) => {
  const msisdn = newMsisdn();
  await page.goto("/subscribers");
  await page.getByRole("button", { name: "Add subscriber" }).click();
  const dialog = page.getByRole("dialog", { name: "New subscriber" });
  await expect(dialog.getByLabel("MSISDN")).toBeFocused();
  await dialog.getByLabel("MSISDN").fill("12");
  await dialog.getByLabel("Service class").selectOption({ label: "Silver" });
  await dialog.getByRole("button", { name: "Add subscriber" }).click();
  await expect(dialog.getByRole("alert").first()).toBeVisible();
  await expectNoViolations(page);
  await dialog.getByLabel("MSISDN").fill(`${msisdn.slice(0, 5)} ${msisdn.slice(5, 9)}-${msisdn.slice(9)}`);
  await dialog.getByRole("button", { name: "Add subscriber" }).click();
  await expect(dialog).toBeHidden();

  await find(page, lastDigits(msisdn));
  await expect(rowOf(page, { msisdn })).toContainText("Silver");
  await expect(tableOf(page).getByRole("row")).toHaveCount(2);
  await expectAccessible(page);
  await find(page, "0000000000000");
  await expect(page.getByText("Nobody fits")).toBeVisible();
});

test("what is typed stays while the portal cannot be read, and after a slip of the mouse", async ({ page }) => {
  const subscriber = await makeSubscriber(page);
  await page.goto(`/subscribers/${subscriber.id}`);
  await page.getByRole("button", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: /^Edit/ });
  await dialog.getByLabel("IMSI").fill("450081234567890");
  await page.route(`**/api/subscribers/${subscriber.id}`, (route) => route.fulfill({ status: 503, body: "" }));
  await expect(page.getByText("The subscriber could not be read")).toBeVisible({ timeout: 15_000 });
  await page.mouse.click(5, 5);
  await expect(dialog.getByLabel("IMSI")).toHaveValue("450081234567890");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("two people change one subscriber: what only one of them changed is kept", async ({ page, browser }) => {
  const subscriber = await makeSubscriber(page);
  await page.goto(`/subscribers/${subscriber.id}`);
  await page.getByRole("button", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: /^Edit/ });
  await dialog.getByLabel("Service class").selectOption({ label: "Silver" });

  const other = await browserOf(browser, "operator");
  const theirs = await other.newPage();
  await theirs.goto(`/subscribers/${subscriber.id}`);
  await theirs.getByRole("button", { name: "Edit" }).click();
  await theirs.getByRole("radio", { name: "Suspended" }).click();
  await theirs.getByLabel("Service class").selectOption({ label: "Bronze" });
  await theirs.getByRole("button", { name: "Save", exact: true }).click();
  await expect(theirs.getByText("Suspended: no device")).toBeVisible();
  await other.close();

  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  const merge = page.getByRole("dialog", { name: "Somebody else changed this subscriber" });
  await expect(
    merge.getByRole("radiogroup", { name: "Which State" }).getByRole("radio", { name: /^Theirs/ }),
  ).toBeChecked();
  await expect(merge.getByRole("button", { name: "Choose 1 more" })).toBeDisabled();
  await expectNoViolations(page);
  await merge.getByRole("button", { name: "Keep typing" }).click();
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await merge
    .getByRole("radiogroup", { name: "Which Service class" })
    .getByRole("radio", { name: /^Yours/ })
    .click();
  await merge.getByRole("button", { name: "Save the result" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Suspended: no device")).toBeVisible();
  await expect(page.getByRole("region", { name: "Subscriber", exact: true })).toContainText("Silver");
});

test("many are suspended at once, with a reason", async ({ page }) => {
  const prefix = newMsisdn().slice(0, 11);
  const all = await Promise.all(["11", "12", "13"].map((end) => makeSubscriber(page, { msisdn: `${prefix}${end}` })));
  await page.goto("/subscribers");
  await find(page, prefix.slice(1));
  await expect(tableOf(page).getByRole("row")).toHaveCount(4);
  const [first, second, third] = all;
  if (first === undefined || second === undefined || third === undefined) throw new Error("three subscribers");
  await page.getByRole("checkbox", { name: `Choose ${first.msisdn}` }).click();
  await page.getByRole("checkbox", { name: `Choose ${second.msisdn}` }).click();
  await page.getByRole("button", { name: "Change 2 chosen" }).click();
  const dialog = page.getByRole("dialog", { name: "Change 2 subscribers" });
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Change 2 subscribers" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Say why");
  await dialog.getByLabel("Reason").fill("Stolen devices");
  await dialog.getByRole("button", { name: "Change 2 subscribers" }).click();
  await expect(page.getByText("2 subscribers changed", { exact: true }).first()).toBeVisible();
  await expect(rowOf(page, first)).toContainText("Suspended");
  await expect(rowOf(page, second)).toContainText("Suspended");
  await expect(rowOf(page, third)).toContainText("Active");

  await page.getByRole("button", { name: "Change all 3 found" }).click();
  const everybody = page.getByRole("dialog", { name: "Change 3 subscribers" });
  await everybody.getByLabel("What changes").selectOption({ label: "Make active" });
  await everybody.getByLabel("Reason").fill("Found again");
  await everybody.getByRole("button", { name: "Change 3 subscribers" }).click();
  await expect(page.getByText("2 subscribers changed", { exact: true }).first()).toBeVisible();
  await expect(rowOf(page, first)).toContainText("Active");
});

test("a device is enrolled with a code that is shown as text, QR and command, then revoked", async ({ page }) => {
  const subscriber = await makeSubscriber(page);
  await page.goto(`/subscribers/${subscriber.id}`);
  await expect(page.getByText("No device yet")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Enrol a device" }).click();
  const dialog = page.getByRole("dialog", { name: /^Enrol a device/ });
  await expect(dialog.getByRole("img", { name: "QR code for the device" })).toBeVisible();
  await expectNoViolations(page);
  const command = await dialog
    .getByText(/twinpath/)
    .first()
    .innerText();
  const code = (
    await dialog
      .getByText(/^[A-Z0-9]{4,}(-[A-Z0-9]+)*$/)
      .first()
      .innerText()
  ).trim();
  expect(command).toContain(code);

  const enrolled = await page.request.post("/api/agents/enrol", { data: { code, name: "A phone" } });
  expect(enrolled.status()).toBe(201);
  await dialog.getByRole("button", { name: "Done" }).click();
  const devices = page.getByRole("region", { name: "Table of devices" });
  await expect(devices).toContainText("A phone");

  await page.goto("/devices");
  await page.getByRole("searchbox", { name: "Device, name or MSISDN" }).fill(lastDigits(subscriber.msisdn));
  await expect(devices.getByRole("row")).toHaveCount(2);
  await expectAccessible(page);
  await devices.getByRole("button", { name: /^Revoke/ }).click();
  await page.getByLabel("Reason").fill("Lost on a train");
  await page.getByRole("button", { name: "Revoke device", exact: true }).click();
  await expect(devices).toContainText("Revoked");
  await expect(devices.getByRole("button", { name: /^Revoke/ })).toHaveCount(0);
});

test("a CSV file is checked, committed with a reason, and its result can be fetched", async ({ page }) => {
  const known = await makeSubscriber(page);
  const added = newMsisdn();
  const lines = [
    "msisdn,imsi,state,service_class,extra_white_lists",
    `${added},,active,gold,`,
    `${known.msisdn},,suspended,bronze,`,
    "not a number,,active,gold,",
  ];
  await page.goto("/subscribers");
  await page.getByRole("link", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Imports" })).toBeVisible();
  await page
    .getByRole("textbox", { name: "CSV file" })
    .or(page.locator("input[type=file]"))
    .setInputFiles({
      name: "november.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(lines.join("\n")),
    });
  await expect(page.getByRole("heading", { level: 1, name: "november.csv" })).toBeVisible();
  await expect(page.getByText("Ready to commit")).toBeVisible();
  const rows = page.getByRole("region", { name: "Table of rows" });
  await expect(rows).toContainText("not a number");
  await expectAccessible(page);
  await page.getByRole("radio", { name: "All 3" }).click();
  await expect(rows.getByRole("row", { name: new RegExp(added.slice(1)) })).toContainText("New");
  await expect(rows.getByRole("row", { name: new RegExp(known.msisdn.slice(1)) })).toContainText("Changed");

  await page.getByRole("button", { name: "Commit 2 rows" }).click();
  const dialog = page.getByRole("dialog", { name: "Commit 2 rows?" });
  await expectNoViolations(page);
  await dialog.getByLabel("Reason").fill("The November list");
  await dialog.getByRole("button", { name: "Commit 2 rows" }).click();
  await expect(page.getByText("Done", { exact: true })).toBeVisible();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Result file" }).click(),
  ]);
  expect(file.suggestedFilename()).toContain(".csv");

  await page.goto("/subscribers/imports");
  await expect(page.getByRole("link", { name: "november.csv" }).first()).toBeVisible();
  await expectAccessible(page);
  await page.goto(`/subscribers/${known.id}`);
  await expect(page.getByText("Suspended: no device")).toBeVisible();
});

test("support sees subscribers without being able to change them; a viewer is told why not", async ({
  browser,
  page,
}) => {
  const subscriber = await makeSubscriber(page);
  const support = await browserOf(browser, "support");
  const desk = await support.newPage();
  await desk.goto(`/subscribers/${subscriber.id}`);
  await expect(desk.getByText("No device yet")).toBeVisible();
  await expect(desk.getByRole("button", { name: /Edit|Remove|Enrol/ })).toHaveCount(0);
  await desk.goto("/subscribers/imports");
  await expect(desk.getByRole("heading", { level: 1, name: "Not for your role" })).toBeVisible();
  await support.close();

  const viewer = await browserOf(browser, "viewer");
  const other = await viewer.newPage();
  await other.goto("/subscribers");
  await expect(other.getByRole("heading", { level: 1, name: "Not for your role" })).toBeVisible();
  await viewer.close();
});
