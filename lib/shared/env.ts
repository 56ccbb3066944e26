import { AppError } from "./errors";

/** Every environment variable of the product. `docs` is what `twinpath doctor` and the README print. */
const variables = {
  DATABASE_URL: "PostgreSQL to use instead of the embedded one (postgresql://…)",
  NEXTAUTH_SECRET: "key of the sign-in sessions; made at first start and kept in the data folder where absent",
  NEXTAUTH_URL: "the address browsers use for the portal",
  TWINPATH_API_TOKEN: "API token of the commands that call the portal (Govern, API tokens)",
  TWINPATH_DATABASE_CONNECTIONS:
    "connections of one portal's pool to PostgreSQL (default 10); three more wait for news",
  TWINPATH_DATA_DIR: "folder of everything the product keeps (default .data)",
  TWINPATH_ENVIRONMENT: "name on the environment badge (default: local)",
  TWINPATH_HOST: "address the portal listens on (default 127.0.0.1)",
  TWINPATH_LOG_LEVEL: "trace, debug, info, warn, error or fatal (default info)",
  TWINPATH_METRICS_TOKEN: "token with which Prometheus reads the portal's /api/metrics; without it nobody may",
  TWINPATH_NATIVE_BUILD: "folder with another build of the native helper (the sanitizer build)",
  TWINPATH_NODE_CREDENTIAL: "credential of a proxy node or testbed at the portal (id.secret)",
  TWINPATH_PACING: "off: hold LTE shares by switching the backup flag, not by pacing (default: pacing where it works)",
  TWINPATH_PORT: "port of the portal (default 3000)",
  TWINPATH_PORTAL_URL: "the address nodes and agents use for the portal",
  TWINPATH_PROXY_METRICS_PORT: "port on which the proxy serves /metrics for Prometheus, on 127.0.0.1 (default: none)",
  TWINPATH_PROXY_PORT: "port of the proxy (default 1080)",
  TWINPATH_RADIUS_INTERIM_MINUTES: "minutes between two RADIUS records of usage that goes on (default 10)",
  TWINPATH_RADIUS_NAS_ID: "NAS-Identifier of the portals in RADIUS records (default twinpath)",
  TWINPATH_RADIUS_SECRET: "secret that portals and RADIUS servers share",
  TWINPATH_RADIUS_SERVERS:
    "RADIUS accounting servers (host or host:port with commas, the first one in use where it answers; default: none)",
  TWINPATH_REPLICA_LAG_SECONDS: "how far behind the replica may be to be read from (default 30)",
  TWINPATH_REPLICA_URL:
    "a PostgreSQL standby of DATABASE_URL, from which portals read history and exports (default: none)",
  TWINPATH_SSO_CLIENT_ID: "client id of the portal at the single sign-on's provider",
  TWINPATH_SSO_CLIENT_SECRET: "its client secret",
  TWINPATH_SSO_GROUPS_CLAIM: "claim of the ID token with the groups somebody is in (default groups)",
  TWINPATH_SSO_ISSUER: "OpenID Connect provider whose accounts may sign in to the portal (default: none)",
  TWINPATH_SSO_NAME: "the provider's name on the sign-in page's button (default: Single sign-on)",
  TWINPATH_SSO_ROLES: "roles of the provider's groups (group=role with commas); who is in none does not get in",
  TWINPATH_SSO_SCOPE: "what the provider is asked for (default: openid profile email)",
  TWINPATH_SESSION_DAYS: "for how many days the portal keeps ended sessions with their paths (default 35)",
  TWINPATH_STEERING:
    "off: paths are neither steered nor watched for stalls (default: steered where the kernel lets us)",
  TWINPATH_TLS_CERT: "certificate of the proxy for TLS on its port (PEM)",
  TWINPATH_TLS_KEY: "key of that certificate (PEM)",
  TWINPATH_TRUSTED_PROXIES:
    "balancers whose X-Forwarded-For the portal believes (CIDRs with commas; default: this machine's own addresses)",
  TWINPATH_WEBHOOK_RANGES: "private ranges that alerts may be sent to (CIDRs with commas; default: none)",
  TWINPATH_USAGE_DAY_DAYS: "for how many days the portal keeps usage by day (default 800)",
  TWINPATH_USAGE_HOUR_DAYS: "for how many days it keeps usage by hour (default 100)",
  TWINPATH_USAGE_MINUTE_DAYS: "for how many days it keeps usage by minute (default 14)",
  TWINPATH_DEVICE_ID: "device id of the agent at proxy and portal",
  TWINPATH_DEVICE_SECRET: "device secret of the agent",
} as const;

export type EnvName = keyof typeof variables;

/** The documented variables, name to meaning. */
export const envDocs: Readonly<Record<EnvName, string>> = variables;

/** The variable's value, or null where it is unset or empty. */
export function readEnv(name: EnvName): string | null {
  const value = process.env[name];
  return value === undefined || value === "" ? null : value;
}

/** Like readEnv; AppError ENV_MISSING names the variable and its meaning. */
export function requireEnv(name: EnvName): string {
  const value = readEnv(name);
  if (value === null)
    throw new AppError("ENV_MISSING", `${name} is not set (${variables[name]}). Set it and start again.`);
  return value;
}

/** A port number from the environment; AppError ENV_BAD_VALUE for anything but 1 to 65535. */
export function readPortEnv(name: EnvName, fallback: number): number {
  const text = readEnv(name);
  if (text === null) return fallback;
  const port = Number(text);
  if (!/^[0-9]+$/.test(text) || port < 1 || port > 65_535)
    throw new AppError("ENV_BAD_VALUE", `${name} is "${text}": give a port from 1 to 65535.`);
  return port;
}

function readWhole(name: EnvName, fallback: number, most: number, what: string): number {
  const text = readEnv(name);
  if (text === null) return fallback;
  const count = Number(text);
  if (!/^[0-9]+$/.test(text) || count < 1 || count > most)
    throw new AppError("ENV_BAD_VALUE", `${name} is "${text}": give ${what} from 1 to ${most}.`);
  return count;
}

/** A whole number from 1 to `most` from the environment; AppError ENV_BAD_VALUE for anything else. */
export function readCountEnv(name: EnvName, fallback: number, most: number): number {
  return readWhole(name, fallback, most, "a whole number");
}

/** A number of days from the environment; AppError ENV_BAD_VALUE for anything but 1 to 3650. */
export function readDaysEnv(name: EnvName, fallback: number): number {
  return readWhole(name, fallback, 3650, "a number of days");
}

/** True where `npm run` started this process (npm's own variable, https://docs.npmjs.com/cli/using-npm/scripts). */
export function isStartedByNpm(): boolean {
  return process.env["npm_lifecycle_event"] !== undefined;
}

/** The environment for a child process: ours, with these product variables set or (null) removed. */
export function childEnv(changes: Partial<Record<EnvName | "NODE_ENV", string | null>>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete env[name];
    else env[name] = value;
  }
  return env;
}

/** Set a product variable for this process and what it loads later (the portal's framework reads some by name). */
export function setEnv(name: EnvName, value: string): void {
  process.env[name] = value;
}

/** How the framework runs: its development server, a test, or (also where nothing is said) for real. */
export function readMode(): "development" | "test" | "production" {
  const mode = process.env["NODE_ENV"];
  return mode === "development" || mode === "test" ? mode : "production";
}
