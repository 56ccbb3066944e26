import { closeDatabase } from "@/lib/db/client";
import { setEnv } from "@/lib/shared/env";
import { runningDatabaseUrl } from "./database-url-file";

/** As the audit log has what a command did: by somebody who may read the data folder. */
export const commandActor = "system";

/** Do something with the database of the product that runs with this folder. Errors: those of `runningDatabaseUrl`. */
export async function withRunningDatabase<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  setEnv("DATABASE_URL", runningDatabaseUrl(dataDir));
  try {
    return await work();
  } finally {
    await closeDatabase();
  }
}
