import { expectAccessible, expectNoViolations } from "./axe";
import { expect, prepareRun, statePath, test } from "./portal-test";

test.use({ storageState: statePath });
test.setTimeout(120_000);

test("the map shows the testbed, and a link's rate opens its sliders", async ({ page }) => {
  await page.goto("/map");
  const map = page.getByTestId("network-map");
  for (const place of ["ue", "general-ue", "wifi", "lte", "engine", "content"])
    await expect(map.getByTestId(`place-${place}`)).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Table", exact: true }).click();
  await expect(page.getByRole("region", { name: "Links of the map" })).toContainText("pM-UE to LTE");
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Map", exact: true }).click();

  await map.getByTestId("rate-ue-wifi").click();
  const dialog = page.getByRole("dialog", { name: "WiFi link" });
  await expectNoViolations(page);
  const delay = dialog.getByRole("slider", { name: "Delay (round trip)" });
  await expect(delay).toHaveAttribute("aria-valuetext", "15 ms");
  await delay.press("ArrowRight");
  await expect(map.getByTestId("place-wifi")).toContainText("20 ms");
  await dialog.getByRole("checkbox", { name: "Link is down" }).click();
  await expect(map.getByTestId("place-wifi")).toHaveAttribute("data-look", "bad");
  await dialog.getByRole("checkbox", { name: "Link is down" }).click();
  await dialog.getByRole("button", { name: "Back to the preset" }).click();
  await expect(map.getByTestId("place-wifi")).toContainText("150 Mbit/s, 15 ms");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});

test("a change of a link that fails is told beside its sliders, which go back", async ({ page }) => {
  await page.route("**/api/testbed/links", (route) => route.fulfill({ status: 502, body: "" }));
  await page.goto("/map");
  await page.getByTestId("network-map").getByTestId("rate-ue-wifi").click();
  const dialog = page.getByRole("dialog", { name: "WiFi link" });
  const delay = dialog.getByRole("slider", { name: "Delay (round trip)" });
  await delay.press("ArrowRight");
  await expect(dialog.getByRole("alert")).toContainText("The link was not changed");
  await expect(delay).toHaveAttribute("aria-valuetext", "15 ms");
  await expectNoViolations(page);
});

test("a line grows with what flows on it", async ({ page }) => {
  await prepareRun(page, { size: "250 MB", lanes: ["LTE only"] });
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.getByTestId("lane-lte-only")).toHaveAttribute("data-state", "running");
  await page.getByRole("link", { name: "Network map" }).click();
  const map = page.getByTestId("network-map");
  await expect(map.getByTestId("rate-general-ue-lte")).toContainText("Mbit/s");
  const width = async () => Number(await map.getByTestId("link-general-ue-lte").getAttribute("data-width"));
  await expect.poll(width).toBeGreaterThan(2.5);
  await expect(map.getByTestId("rate-lte-content")).toContainText("Mbit/s");
  await page.goto("/demo");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByTestId("lane-lte-only")).toHaveAttribute("data-state", "cancelled");
});
