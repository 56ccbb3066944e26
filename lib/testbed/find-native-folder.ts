import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "@/lib/shared/errors";

/** `lib/testbed/native` of this installation: also where this code runs from a bundle elsewhere in it. */
export function findNativeFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, "lib/testbed/native");
    if (existsSync(join(candidate, "linkdelay.c"))) return candidate;
    if (folder === dirname(folder))
      throw new AppError(
        "TESTBED_INCOMPLETE",
        `lib/testbed/native/linkdelay.c was not found above ${start}: install the whole package again.`,
      );
  }
}
