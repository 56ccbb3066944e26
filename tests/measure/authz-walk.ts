/**
 * `npm run measure -- authz-walk`: every route × method × caller against the portal as shipped: each role with and without
 * an origin, API tokens of every scope and of every role, node and device credentials, the metrics' token, and credentials
 * that do not count any more (revoked, expired, idle, forged, disabled). What each cell must say comes from the API's
 * description; routes on disk and in the build that the description does not have are found and fail the walk. Pages send
 * strangers away, and no log has a secret that was shown. Options: `--at-once N` (default 24).
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closeDatabase } from "@/lib/db/client";
import { setEnv } from "@/lib/shared/env";
import { newSecret } from "@/lib/shared/ids";
import { conclude, describeMachine } from "../factories/figures";
import { type StartedProduct, startProduct } from "../factories/started-product";
import { makeWalkCallers, type WalkCaller } from "../factories/walk-callers";
import {
  expectedOf,
  isAsExpected,
  pagesOfBuild,
  routesOnDisk,
  unlisted,
  type WalkedMethod,
  walkedMethods,
} from "../factories/walk-table";

const { values } = parseArgs({ options: { "at-once": { type: "string", default: "24" } } });
const atOnce = Number(values["at-once"]);
const answerDeadlineMs = 20_000;
const shownMistakes = 30;
const placeholders: Readonly<Record<string, string>> = {
  "[id]": randomUUID(),
  "[version]": "1",
  "[kind]": "node-down",
  "[...nextauth]": "session",
};

type Answer = { status: number; location: string; bytes: number };
const agent = new Agent({ keepAlive: true, maxSockets: atOnce });

/** Status of the answer; its body is read up to a little, and left where it is a stream. */
function ask(url: URL, method: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const isWrite = !["GET", "HEAD", "OPTIONS"].includes(method);
    const asked = request(url, {
      method,
      agent,
      headers: { ...headers, ...(isWrite ? { "content-type": "application/json", "content-length": "2" } : {}) },
    });
    const timer = setTimeout(() => asked.destroy(new Error(`${method} ${url.pathname}: no answer`)), answerDeadlineMs);
    asked.once("error", reject).once("response", (response) => {
      clearTimeout(timer);
      const { statusCode: status = 0, headers: said } = response;
      const answer = { status, location: said.location ?? "", bytes: 0 };
      if (said["content-type"]?.startsWith("text/event-stream")) {
        asked.once("error", () => undefined).destroy();
        resolve(answer);
        return;
      }
      response.on("data", (chunk: Buffer) => (answer.bytes += chunk.length)).once("end", () => resolve(answer));
    });
    asked.end(isWrite ? "{}" : undefined);
  });
}

const addressOf = (path: string): string =>
  path
    .split("/")
    .map((part) => (part.startsWith("[") ? (placeholders[part] ?? "nobody-has-this") : part))
    .join("/");

type Cell = { path: string; method: WalkedMethod; caller: WalkCaller };

/** Walk all cells, some at once; gives what was wrong. */
async function walk(portalUrl: string, cells: readonly Cell[]): Promise<string[]> {
  const wrong: string[] = [];
  const left = [...cells];
  const one = async (): Promise<void> => {
    for (let cell = left.pop(); cell !== undefined; cell = left.pop()) {
      const { path, method, caller } = cell;
      const expected = expectedOf(path, method, caller.proof);
      const url = new URL(`/api/${addressOf(path)}`, portalUrl);
      const { status, bytes } = await ask(url, method, caller.headers);
      const isDisclosing = expected === "no-method" && method !== "OPTIONS" && bytes > 1000;
      if (!isAsExpected(expected, method, status) || isDisclosing)
        wrong.push(`${method} /api/${path} by ${caller.name}: ${status}, expected ${expected}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return wrong;
}

/** Pages for who is not signed in: to the sign-in page, with nothing of theirs shown. */
async function walkPages(
  portalUrl: string,
  callers: readonly WalkCaller[],
): Promise<{ cells: number; wrong: string[] }> {
  const strangers = callers.filter(({ proof }) => proof.kind !== "staff");
  const wrong: string[] = [];
  for (const page of pagesOfBuild())
    for (const { name, headers } of strangers) {
      const { status, location } = await ask(new URL(addressOf(page), portalUrl), "GET", headers);
      if (status !== 307 || !location.startsWith("/sign-in"))
        wrong.push(`page ${page} by ${name}: ${status} ${location}`);
    }
  return { cells: pagesOfBuild().length * strangers.length, wrong };
}

/** What callers showed, and numbers of subscribers, where the parts' logs have it. */
async function secretsInLogs(started: StartedProduct, callers: readonly WalkCaller[]): Promise<string[]> {
  const logs = [await started.logOf("portal"), await started.logOf("proxy")].join("\n");
  const shown = callers.flatMap(({ name, headers }) => {
    const secret = (headers["authorization"] ?? headers["cookie"] ?? "").split(/[.=]/).at(-1) ?? "";
    return secret !== "" && logs.includes(secret) ? [`the log has the secret of ${name}`] : [];
  });
  return /9999900000\d/.test(logs) ? [...shown, "the log has a subscriber's number"] : shown;
}

console.log(describeMachine());
const metricsToken = newSecret();
const product = await startProduct({ env: { TWINPATH_METRICS_TOKEN: metricsToken } });
try {
  setEnv("DATABASE_URL", product.databaseUrl.trim());
  setEnv("NEXTAUTH_SECRET", readFileSync(join(product.dataDir, "portal.secret"), "utf8").trim());
  setEnv("NEXTAUTH_URL", product.portalUrl);
  const callers = await makeWalkCallers(product.portalUrl, metricsToken);
  const routes = await routesOnDisk();
  const planted = unlisted([...routes, "planted/route"]).includes("planted/route");
  const strays = unlisted(routes);
  const cells = routes.flatMap((path) =>
    walkedMethods.flatMap((method) => callers.map((caller) => ({ path, method, caller }))),
  );
  const began = performance.now();
  const wrong = [...strays.map((path) => `${path} is not both on disk and in the description`)];
  wrong.push(...(await walk(product.portalUrl, cells)));
  const pages = await walkPages(product.portalUrl, callers);
  wrong.push(...pages.wrong);
  wrong.push(...(await secretsInLogs(product, callers)));
  const seconds = (performance.now() - began) / 1000;
  for (const line of wrong.slice(0, shownMistakes)) console.log(line);
  console.log(
    `${routes.length} routes × ${walkedMethods.length} methods × ${callers.length} callers, and ${pages.cells} page cells, in ${seconds.toFixed(0)} s; a route that is planted on disk is ${planted ? "found" : "NOT found"}`,
  );
  const count = cells.length + pages.cells;
  conclude(
    "authz-walk",
    `${(count - wrong.length).toLocaleString("en")} of ${count.toLocaleString("en")} cells right`,
    "all, and no route unlisted",
    wrong.length === 0 && planted,
  );
} finally {
  agent.destroy();
  await closeDatabase();
  await product.stop();
}
