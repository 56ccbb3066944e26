import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * One vitest, one project a suite: `npx vitest run --project unit`. Suites that share the machine run file by file; as they
 * meet real time on it, a test of theirs is tried twice, and `npm test` names each that needed it.
 */
const suites = [
  { name: "unit", timeoutMs: 20_000, isSerial: false },
  { name: "fitness", timeoutMs: 20_000, isSerial: false },
  { name: "native", timeoutMs: 120_000, isSerial: true },
  { name: "netns", timeoutMs: 180_000, isSerial: true },
  { name: "api", timeoutMs: 60_000, isSerial: true },
];

export default defineConfig({
  test: {
    projects: suites.map(({ name, timeoutMs, isSerial }) => ({
      resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
      test: {
        name,
        include: [`tests/${name}/**/*.test.ts`],
        testTimeout: timeoutMs,
        hookTimeout: timeoutMs,
        fileParallelism: !isSerial,
        retry: isSerial ? 1 : 0,
      },
    })),
  },
});
