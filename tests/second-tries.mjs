import { writeFileSync } from "node:fs";

/** Vitest reporter: keeps the names of tests that passed only when tried again in the file SECOND_TRIES, one a line. */
export default class SecondTries {
  onTestRunEnd(testModules) {
    const names = [];
    for (const testModule of testModules)
      for (const test of testModule.children.allTests("passed"))
        if (test.diagnostic().retryCount > 0) names.push(`${testModule.relativeModuleId} > ${test.fullName}`);
    writeFileSync(process.env.SECOND_TRIES, names.map((name) => `${name}\n`).join(""));
  }
}
