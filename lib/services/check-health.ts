import { getDatabase } from "@/lib/db/client";
import { version } from "@/lib/shared/version";
import { accountingWatch } from "./accounting-watch";
import { alertWatch } from "./alert-watch";
import { importWorker } from "./import-worker";
import { portalPeers } from "./portal-peers";

/** That this process serves and reaches its database. Throws what the database client throws otherwise. */
export async function checkHealth(): Promise<{ status: "ok"; version: string }> {
  await getDatabase().$queryRaw`SELECT 1`;
  // Asked right after a start: goes on with imports that an earlier process left in the middle, with alerts and with accounting.
  importWorker();
  accountingWatch();
  alertWatch();
  portalPeers();
  return { status: "ok", version };
}
