import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";

const fileIn = (dataDir: string): string => join(dataDir, "run", "database.url");

/** Leave the running product's database address (with its password) for commands of the same owner. */
export function keepDatabaseUrl(dataDir: string, databaseUrl: string): () => void {
  mkdirSync(join(dataDir, "run"), { recursive: true });
  rmSync(fileIn(dataDir), { force: true });
  writeFileSync(fileIn(dataDir), databaseUrl, { mode: 0o600 });
  return () => rmSync(fileIn(dataDir), { force: true });
}

/** DATABASE_URL, or the database of the product running with this data folder. Errors: AppError CLI_NOT_RUNNING. */
export function runningDatabaseUrl(dataDir: string): string {
  const url = readEnv("DATABASE_URL");
  if (url !== null) return url;
  if (existsSync(fileIn(dataDir))) return readFileSync(fileIn(dataDir), "utf8");
  throw new AppError("CLI_NOT_RUNNING", `No product runs with ${dataDir}. Start it (npm start), or set DATABASE_URL.`);
}
