import type { RadiusServer } from "@/lib/radius/accounting-client";
import { readCountEnv, readEnv, requireEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";

/** IANA's port of radius-acct (RFC 2866 §3). */
const defaultPort = 1813;

export type AccountingSettings = {
  servers: RadiusServer[];
  secret: string;
  nasIdentifier: string;
  /** Between two records of a session that runs. */
  interimMs: number;
};

function parseServer(text: string): RadiusServer {
  const [, v6, name, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const server = { host: v6 ?? name ?? "", port: port === undefined ? defaultPort : Number(port) };
  if (server.host !== "" && server.port >= 1 && server.port <= 65_535) return server;
  throw new AppError(
    "ENV_BAD_VALUE",
    `TWINPATH_RADIUS_SERVERS has "${text}": give host, host:port or [address]:port, with commas between servers.`,
  );
}

/** Where usage is accounted by RADIUS; null: nowhere. Errors: AppError ENV_BAD_VALUE, ENV_MISSING. */
export function readAccountingSettings(): AccountingSettings | null {
  const servers = readEnv("TWINPATH_RADIUS_SERVERS");
  if (servers === null) return null;
  return {
    servers: servers.split(",").map((part) => parseServer(part.trim())),
    secret: requireEnv("TWINPATH_RADIUS_SECRET"),
    nasIdentifier: readEnv("TWINPATH_RADIUS_NAS_ID") ?? "twinpath",
    interimMs: readCountEnv("TWINPATH_RADIUS_INTERIM_MINUTES", 10, 1440) * 60_000,
  };
}
