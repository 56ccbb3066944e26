import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { newSecret } from "@/lib/shared/ids";

/** A secret kept in a file only its owner reads; made at first use. */
export function keptSecret(path: string): string {
  if (existsSync(path)) return readFileSync(path, "utf8").trim();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const secret = `${newSecret()}${newSecret()}`;
  writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  return secret;
}
