import { test as base, expect, type Page } from "@playwright/test";

/** The administrator that set-up.spec.ts makes. */
export const admin = { name: "Ana Kowalska", email: "ana@example.com", password: "four plain words here" };

/** Where a signed-in browser's cookies are kept from one spec file to the next. */
export const statePath = "tests/output/e2e-state.json";

type GivenName = "TWINPATH_BASE_URL" | "TWINPATH_SETUP_URL" | "TWINPATH_TEST_DATABASE_URL";

/** A variable that global-setup gave. */
export function given(name: GivenName): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run through playwright.config.ts`);
  return value;
}

/** Fails a test whose page broke its content security policy or threw. */
export const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: the fixture's form asks for it
  baseURL: async ({}, use) => use(given("TWINPATH_BASE_URL")),
  page: async ({ page }, use) => {
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(`threw: ${error.message}`));
    page.on("console", (message) => {
      if (/Content.Security.Policy|hydrat/i.test(message.text())) problems.push(message.text());
    });
    await use(page);
    expect(problems, "errors of the page").toEqual([]);
  },
});

export { expect };

export async function signIn(page: Page, password = admin.password): Promise<void> {
  await page.getByLabel("Email").fill(admin.email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

type RunOptions = { size: "100 MB" | "250 MB" | "1 GB"; lanes: readonly ("LTE only" | "WiFi only" | "LTE + WiFi")[] };

/** Set the stage for a new run on the City links; the caller starts it. */
export async function prepareRun(page: Page, { size, lanes }: RunOptions): Promise<void> {
  await page.goto("/demo");
  await expect(page.getByRole("button", { name: "Start", exact: true })).toBeEnabled();
  await page.getByRole("radio", { name: /^City/ }).click();
  await page.getByRole("radio", { name: size }).click();
  for (const lane of ["LTE only", "WiFi only", "LTE + WiFi"] as const) {
    await page.getByRole("checkbox", { name: lane, exact: true }).setChecked(lanes.includes(lane));
  }
}
