import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { newSecret } from "@/lib/shared/ids";

/** A secret kept in a file only its owner reads; made at first use, and anew where the file is empty. */
export function keptSecret(path: string): string {
  const kept = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
  if (kept !== "") return kept;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const secret = `${newSecret()}${newSecret()}`;
  rmSync(path, { force: true });
  writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  return secret;
}
