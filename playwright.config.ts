import { defineConfig } from "@playwright/test";
import { browserPath } from "./tests/factories/browser.mjs";

/** The browser tests run against a whole `twinpath demo` that global-setup starts; one at a time, as it has one testbed. */
export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "tests/output/e2e",
  globalSetup: "./tests/e2e/global-setup.ts",
  fullyParallel: false,
  workers: 1,
  forbidOnly: true,
  retries: 1,
  reporter: [["list"]],
  timeout: 90_000,
  expect: { timeout: 15_000 },
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: "light",
    screenshot: "only-on-failure",
    trace: "on-first-retry",
    launchOptions: {
      executablePath: browserPath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "set-up", testMatch: "set-up.spec.ts" },
    { name: "portal", testIgnore: ["set-up.spec.ts", "accessibility.spec.ts"], dependencies: ["set-up"] },
    // Last, so that its pages hold the sessions and runs that the others made.
    { name: "accessibility", testMatch: "accessibility.spec.ts", dependencies: ["portal"] },
  ],
});
