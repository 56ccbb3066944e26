import { getDatabase } from "@/lib/db/client";
import { version } from "@/lib/shared/version";

/** That this process serves and reaches its database. Throws what the database client throws otherwise. */
export async function checkHealth(): Promise<{ status: "ok"; version: string }> {
  await getDatabase().$queryRaw`SELECT 1`;
  return { status: "ok", version };
}
