import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { newShortId } from "@/lib/shared/ids";
import { NamespaceTestbed, type TestbedOptions } from "./namespace-testbed";
import { checkPrerequisites } from "./prerequisites";
import type { Testbed } from "./testbed";
import { sweepDeadTestbeds } from "./testbed-record";
import { namespaceNames } from "./topology";

function pickId(): string {
  for (;;) {
    const id = newShortId(2);
    if (!Object.values(namespaceNames(id)).some((name) => existsSync(`/run/netns/${name}`))) return id;
  }
}

/**
 * Build the deployment figure on this machine and start its content provider. Takes about a second.
 *
 * Errors: AppError TESTBED_NEEDS_ROOT, TESTBED_NEEDS_PACKAGE, TESTBED_COMMAND_FAILED and those of its parts. Nothing is
 * left behind then, and what a killed testbed of the same data folder left is removed first.
 */
export async function createTestbed(options: TestbedOptions): Promise<Testbed> {
  await checkPrerequisites();
  const dataDir = resolve(options.dataDir);
  await sweepDeadTestbeds(dataDir, options.log);
  const testbed = new NamespaceTestbed(pickId(), { ...options, dataDir });
  try {
    await testbed.start();
    return testbed;
  } catch (error) {
    await testbed.stop();
    throw error;
  }
}
