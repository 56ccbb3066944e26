import { randomUUID } from "node:crypto";
import type { Browser, BrowserContext } from "@playwright/test";
import { Client } from "pg";
import type { Role } from "@/lib/contracts/portal";
import { hashPassword } from "@/lib/services/password";
import { given } from "./portal-test";

const password = "another four plain words";

/** A browser in which a new account of this role is signed in. */
export async function browserOf(browser: Browser, role: Role): Promise<BrowserContext> {
  const email = `${role}-${randomUUID().slice(0, 8)}@example.com`;
  const client = new Client({ connectionString: given("TWINPATH_TEST_DATABASE_URL") });
  await client.connect();
  try {
    await client.query("INSERT INTO staff (id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5)", [
      randomUUID(),
      email,
      `A ${role}`,
      role,
      await hashPassword(password),
    ]);
  } finally {
    await client.end();
  }
  const context = await browser.newContext({
    baseURL: given("TWINPATH_BASE_URL"),
    storageState: { cookies: [], origins: [] },
  });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await page.close();
  return context;
}
