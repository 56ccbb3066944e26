import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * One vitest, one project a suite: `npx vitest run --project unit`. Suites that share the machine run file by file. Where a
 * suite meets real sockets and real time, a test is tried twice, and `npm test` names each that needed it.
 */
const suites = [
  { name: "unit", timeoutMs: 60_000, isSerial: false, retry: 1 },
  { name: "fitness", timeoutMs: 20_000, isSerial: false, retry: 0 },
  { name: "native", timeoutMs: 120_000, isSerial: true, retry: 1 },
  { name: "netns", timeoutMs: 180_000, isSerial: true, retry: 1 },
  { name: "api", timeoutMs: 60_000, isSerial: true, retry: 1, globalSetup: ["tests/api/global-setup.ts"] },
];

export default defineConfig({
  test: {
    projects: suites.map(({ name, timeoutMs, isSerial, retry, globalSetup = [] }) => ({
      resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
      test: {
        name,
        include: [`tests/${name}/**/*.test.ts`],
        testTimeout: timeoutMs,
        hookTimeout: timeoutMs,
        fileParallelism: !isSerial,
        retry,
        globalSetup,
      },
    })),
  },
});
