import { join } from "node:path";
import { closeDatabase } from "@/lib/db/client";
import { runMigrations } from "@/lib/db/migrate";
import { createSetupLink } from "@/lib/services/create-setup-link";
import { readEnv, setEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import { seed } from "@/prisma/seed";
import { keepDatabaseUrl } from "./database-url-file";
import { keepPostgres } from "./keep-postgres";
import { startPart } from "./parts";
import { say } from "./say";
import { keptSecret } from "./secret-file";
import { supervise } from "./supervisor";
import { isAnswering, isPortFree, waitFor } from "./wait-for";

export type ProductOptions = { dataDir: string; address: string; port: number };

export type Product = {
  /** What browsers use. */
  portalUrl: string;
  /** What parts on this machine use. */
  localUrl: string;
  /** One-time link that makes the first account; null where there is one already. */
  setupUrl: string | null;
  /** Work to undo at stop, last first; the portal and the database are stopped after it. */
  atStop(undo: () => Promise<void>): void;
  stop(): Promise<void>;
};

async function stopAll(undos: (() => Promise<void>)[]): Promise<void> {
  for (const undo of undos.splice(0).reverse()) await undo();
}

/** Database, migrations, first policy, and the supervised portal. Errors: AppError CLI_PORT_TAKEN and those of the parts. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { dataDir, address, port } = options;
  if (!(await isPortFree(port, address)))
    throw new AppError("CLI_PORT_TAKEN", `Port ${port} of ${address} is taken. Choose another: --port ${port + 1}.`);
  const undos: (() => Promise<void>)[] = [];
  try {
    let databaseUrl = readEnv("DATABASE_URL");
    if (databaseUrl === null) {
      const postgres = await keepPostgres(dataDir, say);
      undos.push(() => postgres.stop());
      databaseUrl = postgres.databaseUrl;
      setEnv("DATABASE_URL", databaseUrl);
    }
    const forgetDatabaseUrl = keepDatabaseUrl(dataDir, databaseUrl);
    undos.push(async () => forgetDatabaseUrl());
    undos.push(closeDatabase);
    say("PostgreSQL is up.");
    await runMigrations(databaseUrl);
    await seed();
    const localUrl = `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
    const portalUrl = readEnv("NEXTAUTH_URL") ?? localUrl;
    const secret = readEnv("NEXTAUTH_SECRET") ?? keptSecret(join(dataDir, "portal.secret"));
    const portal = supervise({
      name: "portal",
      runFolder: join(dataDir, "run"),
      start: () =>
        startPart({
          name: "portal",
          args: ["portal", "--address", address, "--port", String(port)],
          env: { DATABASE_URL: databaseUrl, NEXTAUTH_SECRET: secret, NEXTAUTH_URL: portalUrl, NODE_ENV: "production" },
          dataDir,
        }),
      onEvent: say,
    });
    undos.push(() => portal.stop());
    const logFile = join(dataDir, "logs", "portal.log");
    await waitFor(() => isAnswering(`${localUrl}/api/health`), 30_000, `The portal did not start; see ${logFile}.`);
    const link = await createSetupLink();
    return {
      portalUrl,
      localUrl,
      setupUrl: link === null ? null : `${portalUrl}/setup?token=${link.token}`,
      atStop: (undo) => void undos.push(undo),
      stop: () => stopAll(undos),
    };
  } catch (error) {
    await stopAll(undos);
    throw error;
  }
}

/** The two lines a newcomer needs, the same for every command that starts the portal. */
export function announce(product: Product): void {
  say(`Portal:  ${product.portalUrl}`);
  say(
    product.setupUrl === null
      ? "Sign in with the account you made."
      : `Set-up:  ${product.setupUrl}   (works once, for one hour: makes the first account)`,
  );
}
