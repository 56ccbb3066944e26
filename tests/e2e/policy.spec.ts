import type { Locator, Page } from "@playwright/test";
import { expect, given, statePath, test } from "./portal-test";
import { browserOf } from "./staff-accounts";

test.use({ storageState: statePath });

const silverOf = (page: Page) => page.getByRole("region", { name: "Class Silver" });
const shareOf = (card: Locator) => card.getByRole("textbox", { name: "LTE share of Silver" });

/** Save what is typed into a card; resolves once the draft has it. */
async function save(card: Locator): Promise<void> {
  await card.getByRole("button", { name: "Save to draft" }).click();
  await expect(card.getByRole("button", { name: "Save to draft" })).toHaveCount(0);
}

test.beforeEach(async ({ page }) => {
  const discarded = await page.request.post("/api/policy/draft/discard", {
    headers: { origin: given("TWINPATH_BASE_URL") },
    data: { item: null },
  });
  expect(discarded.status(), "the draft begins as in force").toBe(200);
});

test("Silver's share goes from the draft to every node, and back by one rollback", async ({ page }) => {
  await page.goto("/policy/classes");
  const silver = silverOf(page);
  const before = await shareOf(silver).inputValue();
  const share = before === "35" ? "36" : "35";
  await shareOf(silver).fill(share);
  await save(silver);
  await expect(silver.getByText("Changed", { exact: true })).toBeVisible();
  await expect(silver.getByRole("button", { name: /^LTE share: back to/ })).toContainText(`in force: ${before}`);

  await page.getByRole("region", { name: "Draft" }).getByRole("link", { name: "Review and publish" }).click();
  await page.getByRole("tab", { name: /Validate/ }).click();
  await expect(page.getByText(/Errors stop a publication|No finding/)).toBeVisible();
  await page.getByRole("tab", { name: /Impact/ }).click();
  await expect(page.getByRole("region", { name: "Classes with other settings" })).toContainText("Silver");
  await page.getByRole("tab", { name: /Differences/ }).click();
  const entry = page.getByRole("region", { name: "Service class Silver" });
  await expect(entry).toContainText(new RegExp(`before ${before}.%.*after ${share}.%`, "s"));

  await page.getByRole("button", { name: "Publish…" }).click();
  await page.getByRole("button", { name: "Publish to everyone" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("Say why");
  await page.getByLabel("Reason").fill("More LTE for Silver");
  await page.getByRole("button", { name: "Publish to everyone" }).click();
  await expect(page).toHaveURL(/\/policy\/versions\/\d+$/);
  await expect(page.getByText("More LTE for Silver")).toBeVisible();
  const published = Number(page.url().split("/").at(-1));
  await expect(page.getByTestId("ack-summary")).toHaveText(/^(The node has it|All \d+ nodes have it)$/);

  await page.getByRole("link", { name: "Policy versions" }).last().click();
  await page.getByRole("button", { name: `Roll back to version ${published - 1}`, exact: true }).click();
  await page.getByLabel("Reason").fill("It was too much");
  await page.getByRole("button", { name: "Roll back now" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Version ${published + 1}` })).toBeVisible();
  await expect(page.getByText(`Rollback to ${published - 1}`)).toBeVisible();
  await expect(page.getByTestId("ack-summary")).toHaveText(/^(The node has it|All \d+ nodes have it)$/);
  await page.getByRole("textbox", { name: "Against version" }).fill(String(published - 1));
  await expect(page.getByText("There is no difference.")).toBeVisible();
  await page.goto("/policy/classes");
  await expect(shareOf(silverOf(page))).toHaveValue(before);
});

test("a trial is reverted, and says until then that nothing else can be published", async ({ page }) => {
  await page.goto("/policy/classes");
  const silver = silverOf(page);
  await silver.getByRole("textbox", { name: "Total rate cap" }).fill("750");
  await save(silver);
  await page.goto("/policy/versions");
  await page.getByRole("button", { name: "Publish…" }).click();
  await page.getByLabel("Reason").fill("A cap on trial");
  await page.getByRole("radio", { name: /a part of the subscribers/ }).click();
  await page.getByRole("textbox", { name: "Part of the subscribers" }).fill("5");
  await page.getByRole("button", { name: "Start the trial" }).click();
  const trial = page.getByRole("region", { name: "Trial" });
  await expect(trial).toContainText("5\u00a0% of subscribers");
  await page.goto("/policy/versions");
  await expect(page.getByRole("button", { name: "Publish…" })).toBeDisabled();
  await trial.getByRole("button", { name: "Revert" }).click();
  await page.getByLabel("Reason").fill("Enough seen");
  await page.getByRole("button", { name: "Revert the trial" }).click();
  await expect(page.getByText(/^Trial \d+ reverted$/)).toBeVisible();
  await page.goto("/policy/versions");
  await expect(page.getByRole("button", { name: "Publish…" }), "the change is still in the draft").toBeEnabled();
});

test("two people change one class: both see it, nothing is lost", async ({ page, browser }) => {
  const other = await browserOf(browser, "operator");
  const theirs = await other.newPage();
  await page.goto("/policy/classes");
  await theirs.goto("/policy/classes");
  const [mine, others] = [silverOf(page), silverOf(theirs)];
  await shareOf(mine).fill("41");
  await mine.getByRole("textbox", { name: "LTE quota a month" }).fill("30");
  await mine.getByRole("combobox", { name: "Class after the quota" }).selectOption({ label: "Bronze" });
  await shareOf(others).fill("42");
  await others.getByRole("textbox", { name: "Total rate cap" }).fill("500");
  await save(others);

  await mine.getByRole("button", { name: "Save to draft" }).click();
  const dialog = page.getByRole("dialog", { name: "Silver was changed by somebody else" });
  const steering = dialog.getByRole("region", { name: "Steering" });
  await expect(steering).toContainText("both changed");
  await expect(steering.getByRole("radio", { name: /^Yours.*41/ })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Choose 1 more" })).toBeDisabled();
  await expect(
    dialog.getByRole("region", { name: "Total rate cap" }).getByRole("radio", { name: /^Theirs/ }),
  ).toBeChecked();
  await expect(dialog.getByRole("region", { name: "LTE quota" }).getByRole("radio", { name: /^Yours/ })).toBeChecked();
  await steering.getByRole("radio", { name: /^Yours/ }).click();
  await dialog.getByRole("button", { name: "Save the result" }).click();
  await expect(dialog).toBeHidden();
  await expect(mine.getByRole("button", { name: "Save to draft" })).toHaveCount(0);

  await expect(shareOf(others), "the other page follows by itself").toHaveValue("41");
  await expect(others.getByRole("textbox", { name: "Total rate cap" })).toHaveValue("500");
  await expect(others.getByRole("textbox", { name: "LTE quota a month" })).toHaveValue("30");
  await other.close();
});

test("what is typed is not lost by leaving", async ({ page }) => {
  await page.goto("/policy/classes");
  await shareOf(silverOf(page)).fill("47");
  await page.getByRole("link", { name: "Nodes" }).click();
  const question = page.getByRole("dialog", { name: "Leave without saving?" });
  await question.getByRole("button", { name: "Stay here" }).click();
  await expect(shareOf(silverOf(page))).toHaveValue("47");
  await page.getByRole("link", { name: "Nodes" }).click();
  await question.getByRole("button", { name: "Leave without saving" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Nodes" })).toBeVisible();
});

test("a class is added, used and taken back item by item", async ({ page }) => {
  await page.goto("/policy/classes");
  await page.getByRole("button", { name: "Add a class" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a class" });
  await dialog.getByLabel("Name").fill("Platinum Plus");
  await expect(dialog.getByText("platinum-plus")).toBeVisible();
  await dialog.getByRole("button", { name: "Add to the draft" }).click();
  const card = page.getByRole("region", { name: "Class Platinum Plus" });
  await expect(card.getByText("New", { exact: true })).toBeVisible();
  await page.getByRole("region", { name: "Draft" }).getByRole("button", { name: "Show" }).click();
  await page.getByRole("button", { name: "Undo Platinum Plus" }).click();
  await page.getByRole("button", { name: "Discard the new one" }).click();
  await expect(card).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Draft" })).toHaveCount(0);
});

test("rules are pasted after a preview, found, removed, and brought back", async ({ page }) => {
  await page.goto("/policy/white-lists");
  await page.getByRole("button", { name: "Add a white-list" }).click();
  await page.getByLabel("Name").fill("Video portals");
  await page.getByRole("button", { name: "Add and open" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Video portals" })).toBeVisible();
  await page.getByRole("button", { name: "Paste many" }).click();
  await page
    .getByLabel("Rules, one a line")
    .fill("example.com\n*.example.org\nwww.example.net:443\n198.51.101.0/24\nftp://x.example\nvideo.example.com:443");
  const preview = page.getByRole("region", { name: "Preview" });
  await expect(preview).toContainText("5 rules understood, 1 line is not right");
  await expect(preview).toContainText("Line 5");
  await page.getByRole("button", { name: "Add the 5 right rules only" }).click();

  const table = page.getByRole("region", { name: "Table of rules" });
  await expect(table.getByRole("row")).toHaveCount(6);
  await expect(table.getByRole("row", { name: /video\.example\.com/ })).toContainText("opens everything");
  await page.getByRole("combobox", { name: "Kind of rule" }).selectOption({ label: "Addresses" });
  await expect(table.getByRole("row")).toHaveCount(2);
  await page.getByRole("combobox", { name: "Kind of rule" }).selectOption({ label: "All kinds" });
  await page.getByRole("searchbox", { name: "Find a rule" }).fill("example.org");
  await expect(table.getByRole("row")).toHaveCount(2);
  await table.getByRole("checkbox", { name: "Select *.example.org" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(page.getByText("No rule is like this")).toBeVisible();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(table.getByRole("row", { name: /example\.org/ })).toBeVisible();

  await page.getByRole("textbox", { name: "New rule" }).fill("https://cdn.example/file");
  await expect(page.getByText("Host: exactly this host, ports 443.")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText("1 rule added").first()).toBeVisible();
});

test("the simulator answers by keyboard, shows every step, and its link asks again", async ({ page }) => {
  await page.goto("/policy/simulator");
  await page.getByRole("textbox", { name: "Host" }).fill("https://www.wikipedia.org/wiki/Multipath_TCP");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("sentence")).toContainText("through the proxy");
  await expect(page).toHaveURL(/host=www\.wikipedia\.org&port=443/);
  await expect(page.getByRole("region", { name: "Steps" }).getByRole("listitem").first()).toBeVisible();
  await page.getByRole("textbox", { name: "Host" }).fill("not-listed.example");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("sentence")).toContainText("the normal way");
  await page.reload();
  await expect(page.getByTestId("sentence")).toContainText("not-listed.example");
});

test("access networks say what is wrong before they are saved", async ({ page }) => {
  await page.goto("/policy/networks");
  await page.getByRole("button", { name: "Add a network" }).click();
  const addresses = page.getByRole("textbox", { name: /^Addresses of/ }).first();
  await addresses.fill("10.99.0.0/33");
  await page.getByRole("button", { name: "Save to draft" }).click();
  await expect(page.getByText("1 line is not right")).toBeVisible();
  await addresses.fill("10.99.0.0/16");
  await page.getByRole("textbox", { name: "Name of 10.99.0.0/16" }).fill("Home WiFi");
  await page.getByRole("button", { name: "Save to draft" }).click();
  await expect(page.getByRole("button", { name: "Save to draft" })).toHaveCount(0);
  await page.goto("/policy/simulator?host=a.example&policy=draft&from=10.99.1.2");
  await expect(page.getByText("WiFi, Home WiFi")).toBeVisible();
});

test("a viewer sees the policy and why it cannot be changed; a demo account does not see it", async ({ browser }) => {
  const viewer = await browserOf(browser, "viewer");
  const page = await viewer.newPage();
  await page.goto("/policy/classes");
  await expect(page.getByText("without changing it: that takes the role admin or operator")).toBeVisible();
  await expect(shareOf(silverOf(page))).toBeDisabled();
  await expect(page.getByRole("button", { name: "Add a class" })).toHaveCount(0);
  await page.goto("/policy/white-lists/wikimedia");
  await expect(page.getByRole("region", { name: "Table of rules" })).toContainText("wikipedia.org");
  await expect(page.getByRole("button", { name: "Paste many" })).toHaveCount(0);
  await page.goto("/policy/versions");
  await expect(page.getByRole("button", { name: /Publish|Roll back/ })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Subscribers" })).toHaveCount(0);
  await viewer.close();

  const demo = await browserOf(browser, "demo");
  const other = await demo.newPage();
  await other.goto("/policy/classes");
  await expect(other.getByRole("heading", { level: 1, name: "Not for your role" })).toBeVisible();
  await expect(other.getByRole("link", { name: "Service classes" })).toHaveCount(0);
  await demo.close();
});

test("on a phone every page is within reach under More", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("dialog", { name: "Pages" }).getByRole("link", { name: "Simulator" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Simulator" })).toBeVisible();
  await expect(page.getByRole("dialog", { name: "Pages" })).toBeHidden();
});
