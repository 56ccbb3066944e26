import next from "next";
import { readSingleSignOn } from "@/lib/auth/single-sign-on";
import { readWebhookRanges } from "@/lib/services/webhook-ranges";
import { readEnv, requireEnv } from "@/lib/shared/env";
import { errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { projectRoot } from "@/lib/shared/project-root";
import { createPortalServer, readTrustedProxies } from "./portal-server";
import { untilStopped } from "./until-stopped";

/** `twinpath portal`: one portal process until stopped; needs the database and its secret in the environment. */
export async function runPortal(options: { address: string; port: number }): Promise<void> {
  const log = createLog("portal");
  for (const name of ["DATABASE_URL", "NEXTAUTH_SECRET"] as const) requireEnv(name);
  readWebhookRanges();
  readSingleSignOn();
  const trusted = readTrustedProxies();
  const app = next({ dev: false, dir: projectRoot(), hostname: options.address, port: options.port });
  await app.prepare();
  const handle = app.getRequestHandler();
  const server = createPortalServer((request, response) => void handle(request, response), trusted, log);
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
