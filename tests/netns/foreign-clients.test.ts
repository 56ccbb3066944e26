import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { selfMadeCertificate } from "@/lib/proxy/tls/self-made-certificate";
import { toolEnv } from "@/lib/testbed/run-command";
import { type Ability, lackingAbilities, requireAbility } from "../factories/ability";
import { startAgentFront } from "../factories/agent-front";
import { type ForeignCase, type ForeignPlace, foreignCases } from "../factories/foreign-clients";
import { makeForeignContent, startSshServer } from "../factories/foreign-content";
import { startForeignWeb } from "../factories/foreign-web";
import { freePort } from "../factories/free-port";
import { type StartedProxy, startProxy } from "../factories/started-proxy";

/** Names of the cases, which are made once there are ports to ask at. */
const nowhere: ForeignPlace = {
  proxy: { host: "127.0.0.1", port: 1 },
  device: { deviceId: "ue", secret: "right" },
  agent: { host: "127.0.0.1", port: 1 },
  content: { sha256: "", sizeBytes: 0, http: "http://127.0.0.1:1", https: "https://127.0.0.1:1" },
  uploadUrl: "",
  gitUrl: "",
  ssh: { host: "127.0.0.1", port: 1, hostKey: "" },
  folder: "",
};

const needed: Ability[] = [
  ...(["curl", "wget", "git", "openssl", "python3", "apt-ftparchive", "proxychains4"] as const),
  ...(["nc", "ssh", "dropbear", "chromium"] as const),
];

let proxy: StartedProxy;
let cases: ForeignCase[] = [];
const undos: (() => void | Promise<void>)[] = [];

beforeAll(async () => {
  if (lackingAbilities(needed).length > 0) return;
  const files = (folder: string) => selfMadeCertificate(join(folder, "tls"), ["127.0.0.1"]);
  proxy = await startProxy(async (folder) => ({ tls: await files(folder) }));
  undos.push(() => proxy.stop());
  const agent = startAgentFront(proxy.port, { policy: { usesProxy: () => true } });
  undos.push(agent.stop);
  const [site, folder] = [join(proxy.folder, "site"), join(proxy.folder, "clients")];
  await mkdir(folder);
  const ssh = { host: "127.0.0.1", port: await freePort() };
  const server = await startSshServer(join(proxy.folder, "ssh"), ssh.port);
  undos.push(server.stop);
  const content = await makeForeignContent(site);
  const web = await startForeignWeb(site, await files(proxy.folder));
  undos.push(web.stop);
  cases = foreignCases({
    ...nowhere,
    proxy: { host: "127.0.0.1", port: proxy.port },
    agent: { host: "127.0.0.1", port: agent.port },
    content: { ...content, http: web.http, https: web.https },
    uploadUrl: `${web.http}/upload`,
    gitUrl: `${web.https}/git/repository.git`,
    ssh: { ...ssh, hostKey: server.hostKey },
    folder,
  });
});
afterAll(async () => {
  for (const undo of undos.splice(0).reverse()) await undo();
});

/** What the line prints; for one that fails, how. */
function run(line: string): Promise<string> {
  return new Promise((resolve) => {
    const options = { env: toolEnv(), timeout: 50_000, maxBuffer: 16 * 1024 * 1024 };
    execFile("bash", ["-c", line], options, (error, stdout, stderr) =>
      resolve(error === null ? stdout : `${stdout}\n${stderr}\n${error.message}`),
    );
  });
}

beforeEach((context) => requireAbility(context, ...needed));

describe("a foreign client", () => {
  it.each(foreignCases(nowhere).map(({ what }, index) => [what, index] as const))("%s", async (_, index) => {
    const { line, expected } = cases[index] ?? { line: "false", expected: /./ };
    expect(await run(line)).toMatch(expected);
  });
});
