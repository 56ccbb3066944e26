/**
 * `npm run measure -- metrics`: portal and proxy as shipped; `promtool` checks what both say, and the alert rules; then
 * Debian's Prometheus scrapes both, evaluates the rules, and is asked for every expression of Grafana's dashboard.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as z from "zod";
import { setEnv } from "@/lib/shared/env";
import { newSecret } from "@/lib/shared/ids";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine } from "../factories/figures";
import { startProduct } from "../factories/started-product";

const rulesFile = resolve("public/monitoring/alert-rules.yml");
const dashboardFile = "public/monitoring/grafana-dashboard.json";
const deadlineMs = 30_000;

const targetsSchema = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ health: z.string(), lastError: z.string(), scrapeUrl: z.string() })),
  }),
});
const rulesSchema = z.object({
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), health: z.string() })) })) }),
});
const answerSchema = z.object({ status: z.string(), data: z.object({ result: z.array(z.unknown()) }) });
const dashboardSchema = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}

const wrong: string[] = [];
function check(what: string, isRight: boolean, why = ""): void {
  console.log(`${isRight ? "yes" : "NO "}  ${what}${isRight ? "" : `: ${why}`}`);
  if (!isRight) wrong.push(what);
}

function promtool(what: string, args: string[], input?: string): void {
  try {
    execFileSync("promtool", args, { input: input ?? "", encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });
    check(what, true);
  } catch (error) {
    check(what, false, String(error));
  }
}

console.log(describeMachine());
const token = newSecret();
const [proxyPort, ownPort] = [await freePort(), await freePort()];
setEnv("TWINPATH_METRICS_TOKEN", token);
setEnv("TWINPATH_PROXY_METRICS_PORT", String(proxyPort));
const product = await startProduct();
const folder = await mkdtemp(join(tmpdir(), "twinpath-prometheus-"));
const portal = new URL(product.portalUrl).host;
await writeFile(
  join(folder, "prometheus.yml"),
  `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ["${rulesFile}"]
scrape_configs:
  - job_name: portal
    metrics_path: /api/metrics
    authorization: { credentials: "${token}" }
    static_configs: [{ targets: ["${portal}"] }]
  - job_name: proxy
    static_configs: [{ targets: ["127.0.0.1:${proxyPort}"] }]
`,
);
const own = `http://127.0.0.1:${ownPort}`;
const prometheus = spawn(
  "prometheus",
  [
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${ownPort}`,
    "--log.level=error",
  ],
  { stdio: ["ignore", "inherit", "inherit"] },
);
const ended = once(prometheus, "exit");
const ask = async (path: string): Promise<unknown> => (await fetch(`${own}${path}`)).json();
try {
  const ofPortal = await fetch(`${product.portalUrl}/api/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const texts = {
    portal: await ofPortal.text(),
    proxy: await (await fetch(`http://127.0.0.1:${proxyPort}/metrics`)).text(),
  };
  for (const [name, text] of Object.entries(texts))
    promtool(`promtool check metrics, ${name}`, ["check", "metrics"], text);
  promtool("promtool check rules", ["check", "rules", rulesFile]);
  promtool("promtool check config", ["check", "config", join(folder, "prometheus.yml")]);

  const until = Date.now() + deadlineMs;
  let targets: z.infer<typeof targetsSchema>["data"]["activeTargets"] = [];
  while (Date.now() < until && !(targets.length === 2 && targets.every(({ health }) => health === "up"))) {
    await sleep(500);
    const answer = await ask("/api/v1/targets").catch(() => null);
    targets = answer === null ? [] : targetsSchema.parse(answer).data.activeTargets;
  }
  for (const { scrapeUrl, health, lastError } of targets)
    check(`Prometheus scrapes ${new URL(scrapeUrl).pathname}`, health === "up", lastError);
  check("both are scraped", targets.length === 2, `${targets.length} targets`);
  await sleep(5000);

  const { groups } = rulesSchema.parse(await ask("/api/v1/rules")).data;
  const rules = groups.flatMap((group) => group.rules);
  const sick = rules.filter(({ health }) => health !== "ok").map(({ name }) => name);
  check(`${rules.length} alert rules are evaluated`, rules.length > 0 && sick.length === 0, sick.join(", "));
  const names = [
    ...new Set(
      Object.values(texts)
        .join("\n")
        .match(/^twinpath_\w+/gm),
    ),
  ];
  const dashboard = dashboardSchema.parse(JSON.parse(await readFile(dashboardFile, "utf8")));
  const expressions = [...names, ...dashboard.panels.flatMap((panel) => panel.targets.map(({ expr }) => expr))];
  for (const expression of expressions) {
    const answer = answerSchema.safeParse(await ask(`/api/v1/query?query=${encodeURIComponent(expression)}`));
    const { status = "error", data } = answer.data ?? {};
    if (status !== "success" || data?.result.length === 0) check(expression, false, `${status}, no sample`);
  }
  console.log(`${expressions.length} metrics and expressions of the dashboard asked for`);
  conclude(
    "metrics",
    `${wrong.length} of ${expressions.length + 7} checks failed; ${names.length} metrics, ${rules.length} rules`,
    "0",
    wrong.length === 0,
  );
} finally {
  prometheus.kill("SIGTERM");
  await ended;
  await product.stop();
  await rm(folder, { recursive: true, force: true });
}
