import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ChoiceChange } from "@/lib/agent/device-choice";
import type { AgentStatus } from "@/lib/agent/page/agent-status";
import { pickLanguage, wordsFor, wordsOf } from "@/lib/agent/page/assets/words.js";
import { type Page, startPage } from "@/lib/agent/page/start-page";
import { collectedLog } from "../../factories/collected-log";

const { log, said } = collectedLog();
let page: Page;
let chosen: ChoiceChange[];
const status: AgentStatus = {
  at: 1,
  device: { id: "ue", state: "active", isQuotaReached: false },
  isOn: true,
  serviceClass: null,
  portal: { url: "http://portal.example", isConnected: false },
  policy: null,
  proxy: { address: "192.0.2.1", port: 1080, state: "untried", at: null, transport: null, reason: null },
  mptcp: { isOn: false, reason: null },
  capture: { isOn: false, knownAddresses: 0 },
  links: [],
  wifiAutomation: null,
  connections: { open: 0, sinceStart: 0, uploadBytes: 0, downloadBytes: 0 },
  today: { day: "2026-01-01", bytes: { lte: 0, wifi: 0, other: 0 } },
  whiteLists: [],
  destinations: [],
};

beforeEach(async () => {
  chosen = [];
  const choose = (change: ChoiceChange) => void chosen.push(change);
  const started = await startPage({ port: 0, status: () => status, choose, log });
  if (started === null) throw new Error("no page");
  page = started;
});
afterEach(() => page.close());

type AskOptions = { method?: string; host?: string; headers?: Record<string, string>; body?: string };

function ask(path: string, options: AskOptions = {}) {
  const url = new URL(path, page.url);
  const host = options.host ?? url.host;
  return new Promise<{ code: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    const asked = request(
      url,
      { method: options.method ?? "GET", headers: { host, ...options.headers } },
      async (response) =>
        resolve({ code: response.statusCode ?? 0, headers: response.headers, body: await text(response) }),
    );
    asked.on("error", reject).end(options.body);
  });
}

it("serves the page and everything it refers to, from here alone", async () => {
  const { code, headers, body } = await ask("/");
  expect(code).toBe(200);
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
  expect(body).not.toMatch(/https?:|style=|onclick=/);
  const referred = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? "");
  expect(new Set(referred)).toEqual(
    new Set(["/icon.svg", "/manifest.webmanifest", "/page.css", "/page.js", "/status.json"]),
  );
  const imported = [...(await ask("/page.js")).body.matchAll(/from "([^"]+)"/g)].map(([, path]) => path ?? "");
  expect(imported).toEqual(["./words.js"]);
  for (const path of [...referred, ...imported]) expect((await ask(path)).code).toBe(200);
  expect(JSON.parse((await ask("/status.json?now")).body)).toEqual(status);
});

it("has words in both languages for all that it shows", async () => {
  const script = (await ask("/page.js")).body;
  const { body } = await ask("/");
  const used = [
    ...[...script.matchAll(/\bt\("([\w.-]+)"/g), ...body.matchAll(/data-(?:word|label)="(\w+)"/g)].map(
      ([, key]) => key ?? "",
    ),
    ...["oneRule", "rules"],
  ];
  expect(used.length).toBeGreaterThan(40);
  expect(used.filter((key) => wordsFor("en")(key) === undefined)).toEqual([]);
  expect(Object.keys(wordsOf.ko)).toEqual(Object.keys(wordsOf.en));
  const namesIn = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
  const texts = (language: "en" | "ko") => Object.values<string>(wordsOf[language]).map(namesIn);
  expect(texts("ko")).toEqual(texts("en"));
  for (const [, key = "", text = ""] of body.matchAll(/data-word="(\w+)">([^<]+)</g))
    expect(wordsFor("en")(key)).toBe(text);
});

it("speaks the browser's first language that it knows", () => {
  expect(pickLanguage(["ko-KR", "en"])).toBe("ko");
  expect(pickLanguage(["fr-FR", "en-GB", "ko"])).toBe("en");
  expect(pickLanguage(["fr"])).toBe("en");
  expect(pickLanguage([])).toBe("en");
  expect(wordsFor("ko")("secondsAgo", { count: 7 })).toBe("7초 전");
  expect(wordsFor("en")("constructor")).toBeUndefined();
});

it("answers by its own address only, and for reading only", async () => {
  expect((await ask("/status.json", { host: "attacker.example" })).code).toBe(421);
  expect((await ask("/status.json", { host: `localhost:${new URL(page.url).port}` })).code).toBe(200);
  expect((await ask("/status.json", { method: "POST" })).code).toBe(405);
  expect(await ask("/", { method: "HEAD" })).toMatchObject({ code: 200, body: "" });
  expect((await ask("/../agent.ts")).code).toBe(404);
  expect((await ask("/__proto__")).code).toBe(404);
});

it("can be installed, with icons of its own", async () => {
  const { headers, body } = await ask("/manifest.webmanifest");
  expect(headers["content-type"]).toBe("application/manifest+json");
  const manifest = JSON.parse(body);
  expect(manifest).toMatchObject({ start_url: "/", display: "standalone" });
  for (const { src, type } of manifest.icons) {
    const icon = await ask(src);
    expect([icon.code, icon.headers["content-type"]]).toEqual([200, type]);
  }
});

it("takes the owner's choices, from its own page alone", async () => {
  const origin = new URL(page.url).origin;
  const send = (body: string, headers: Record<string, string> = {}, host?: string) =>
    ask("/choice.json", {
      method: "POST",
      headers: { origin, "content-type": "application/json", ...headers },
      body,
      ...(host === undefined ? {} : { host }),
    });
  expect((await send('{"isOn":false}')).code).toBe(200);
  expect((await send('{"whiteListId":"video","isOn":true}')).code).toBe(200);
  expect(chosen).toEqual([{ isOn: false }, { whiteListId: "video", isOn: true }]);

  expect((await send('{"isOn":true}', { origin: "http://attacker.example" })).code).toBe(403);
  expect((await send('{"isOn":true}', { origin: "null" })).code).toBe(403);
  expect((await send('{"isOn":true}', { origin: "http://attacker.example" }, "attacker.example")).code).toBe(421);
  expect((await send('{"isOn":true}', { "content-type": "text/plain" })).code).toBe(415);
  for (const body of [
    "",
    "{",
    "{}",
    '{"isOn":1}',
    '{"isOn":true,"more":1}',
    `{"isOn":true,"more":"${"x".repeat(2000)}"}`,
  ])
    expect((await send(body)).code, body.slice(0, 30)).toBe(422);
  expect((await ask("/choice.json")).code).toBe(404);
  expect(chosen).toHaveLength(2);
});

it("leaves the agent without a page where the port is taken", async () => {
  const { port } = new URL(page.url);
  expect(await startPage({ port: Number(port), status: () => status, choose: () => {}, log })).toBeNull();
  expect(said("warn").at(-1)).toContain("--page-port");
});
