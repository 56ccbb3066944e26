import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AgentStatus } from "@/lib/agent/page/agent-status";
import { type Page, startPage } from "@/lib/agent/page/start-page";
import { collectedLog } from "../../factories/collected-log";

const { log, said } = collectedLog();
let page: Page;
const status: AgentStatus = {
  at: 1,
  device: { id: "ue", state: "active", isQuotaReached: false },
  serviceClass: null,
  portal: { url: "http://portal.example", isConnected: false },
  policy: null,
  proxy: { address: "192.0.2.1", port: 1080, state: "untried", at: null, transport: null, reason: null },
  mptcp: { isOn: false, reason: null },
  capture: { isOn: false, knownAddresses: 0 },
  links: [],
  wifiAutomation: null,
  connections: { open: 0, sinceStart: 0, uploadBytes: 0, downloadBytes: 0 },
  whiteLists: [],
  destinations: [],
};

beforeEach(async () => {
  const started = await startPage({ port: 0, status: () => status, log });
  if (started === null) throw new Error("no page");
  page = started;
});
afterEach(() => page.close());

function ask(path: string, options: { method?: string; host?: string } = {}) {
  const url = new URL(path, page.url);
  const host = options.host ?? url.host;
  return new Promise<{ code: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    const asked = request(url, { method: options.method ?? "GET", headers: { host } }, async (response) =>
      resolve({ code: response.statusCode ?? 0, headers: response.headers, body: await text(response) }),
    );
    asked.on("error", reject).end();
  });
}

it("serves the page and everything it refers to, from here alone", async () => {
  const { code, headers, body } = await ask("/");
  expect(code).toBe(200);
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
  expect(body).not.toMatch(/https?:|style=|onclick=/);
  const referred = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? "");
  expect(new Set(referred)).toEqual(new Set(["/icon.svg", "/page.css", "/page.js", "/status.json"]));
  for (const path of referred) expect((await ask(path)).code).toBe(200);
  expect(JSON.parse((await ask("/status.json?now")).body)).toEqual(status);
});

it("answers by its own address only, and for reading only", async () => {
  expect((await ask("/status.json", { host: "attacker.example" })).code).toBe(421);
  expect((await ask("/status.json", { host: `localhost:${new URL(page.url).port}` })).code).toBe(200);
  expect((await ask("/status.json", { method: "POST" })).code).toBe(405);
  expect(await ask("/", { method: "HEAD" })).toMatchObject({ code: 200, body: "" });
  expect((await ask("/../agent.ts")).code).toBe(404);
  expect((await ask("/__proto__")).code).toBe(404);
});

it("leaves the agent without a page where the port is taken", async () => {
  const { port } = new URL(page.url);
  expect(await startPage({ port: Number(port), status: () => status, log })).toBeNull();
  expect(said("warn").at(-1)).toContain("--page-port");
});
