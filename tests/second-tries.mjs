import { writeFileSync } from "node:fs";

/** Where the names go, one a line. */
export const secondTriesPath = new URL("output/second-tries.txt", import.meta.url).pathname;

/** Vitest reporter: keeps the names of tests that passed only when tried again. */
export default class SecondTries {
  onTestRunEnd(testModules) {
    const names = [];
    for (const testModule of testModules)
      for (const test of testModule.children.allTests("passed"))
        if (test.diagnostic().retryCount > 0) names.push(`${testModule.relativeModuleId} > ${test.fullName}`);
    writeFileSync(secondTriesPath, names.map((name) => `${name}\n`).join(""));
  }
}
