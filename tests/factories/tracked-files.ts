import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Every file of the project that git tracks or would track, as paths from the project's root. */
export function trackedFiles(): string[] {
  const listing = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" });
  return listing.split("\n").filter((file) => file !== "" && existsSync(file));
}
