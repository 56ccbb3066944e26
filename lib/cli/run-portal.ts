import { join } from "node:path";
import next from "next";
import { readSingleSignOn } from "@/lib/auth/single-sign-on";
import { runMigrations } from "@/lib/db/migrate";
import { readAccountingSettings } from "@/lib/services/accounting-settings";
import { createSetupLink } from "@/lib/services/create-setup-link";
import { readWebhookRanges } from "@/lib/services/webhook-ranges";
import { readEnv, requireEnv } from "@/lib/shared/env";
import { errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { projectRoot } from "@/lib/shared/project-root";
import { seed } from "@/prisma/seed";
import { serveBuiltFiles } from "./built-files";
import { createPortalServer, readTrustedProxies } from "./portal-server";
import { say } from "./say";
import { untilStopped } from "./until-stopped";

/** The newest schema, the first policy, and the link that makes the first account. */
async function prepareDatabase(): Promise<void> {
  await runMigrations(requireEnv("DATABASE_URL"));
  await seed();
  const link = await createSetupLink();
  if (link !== null)
    say(`Set-up:  ${requireEnv("NEXTAUTH_URL")}/setup?token=${link.token}   (works once, for one hour)`);
}

/** `twinpath portal`: one portal process until stopped; needs the database and its secret in the environment. */
export async function runPortal(options: { address: string; port: number }): Promise<void> {
  const log = createLog("portal");
  for (const name of ["DATABASE_URL", "NEXTAUTH_SECRET", "NEXTAUTH_URL"] as const) requireEnv(name);
  readWebhookRanges();
  readAccountingSettings();
  readSingleSignOn();
  const trusted = readTrustedProxies();
  // Of `twinpath up` the command itself has done this; portals that start at once wait for each other.
  if (!process.connected) await prepareDatabase();
  const app = next({ dev: false, dir: projectRoot(), hostname: options.address, port: options.port });
  await app.prepare();
  const answer = app.getRequestHandler();
  const handle = serveBuiltFiles(
    join(projectRoot(), ".next/static"),
    (request, response) => void answer(request, response),
  );
  const server = createPortalServer(handle, trusted, log);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.address, resolve);
  });
  log.info(
    { address: options.address, port: options.port, environment: readEnv("TWINPATH_ENVIRONMENT") },
    "portal listens",
  );
  const host = options.address.includes(":") ? `[${options.address}]` : options.address;
  // Wakes what the portal does by itself: its routes are loaded at their first call.
  fetch(`http://${host}:${options.port}/api/health`).catch((error: unknown) =>
    log.warn({ reason: errorMessage(error) }, "the portal does not answer itself"),
  );
  await untilStopped();
  server.close();
  server.closeAllConnections();
  await app.close();
}
