import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./free-port";

const root = process.cwd();
const startDeadlineMs = 60_000;

/** The product as shipped, without a testbed, in a data folder of its own. */
export type StartedProduct = {
  portalUrl: string;
  setupUrl: string | null;
  databaseUrl: string;
  dataDir: string;
  proxyPort: number;
  portalPid: () => Promise<number>;
  /** Of the command that keeps the others. */
  pid: number;
  /** Log of a part so far. */
  logOf: (part: "portal" | "proxy") => Promise<string>;
  stop: () => Promise<void>;
};

export type ProductStart = {
  /** A folder that stays; by default one of its own, which goes with it. */
  dataDir?: string;
  env?: Record<string, string>;
  /** Of the portal; by default a free one. */
  port?: number;
  proxyAddress?: string;
};

/** Start `twinpath up` and wait until it is ready. */
export async function startProduct(start: ProductStart = {}): Promise<StartedProduct> {
  const dataDir = start.dataDir ?? (await mkdtemp(join(root, ".data-test-")));
  const [port, proxyPort] = [String(start.port ?? (await freePort())), String(await freePort())];
  const place = ["--proxy-address", start.proxyAddress ?? "127.0.0.1", "--proxy-port", proxyPort];
  const options = ["--data-dir", dataDir, "--port", port, ...place];
  const child = spawn(process.execPath, ["dist/twinpath.js", "up", ...options], {
    cwd: root,
    stdio: "pipe",
    env: { ...process.env, ...start.env },
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let text = "";
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await exited;
    if (start.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  const ready = new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`the product ${why}:\n${text}`));
    const timer = setTimeout(() => fail("was not ready in time"), startDeadlineMs);
    child.stderr.on("data", (chunk) => {
      text += chunk;
    });
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (!text.includes("Ctrl-C")) return;
      clearTimeout(timer);
      resolve();
    });
    void exited.then(() => fail("ended"));
  });
  await ready.catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    portalUrl: /Portal: +(\S+)/.exec(text)?.[1] ?? "",
    setupUrl: /Set-up: +(\S+)/.exec(text)?.[1] ?? null,
    databaseUrl: await readFile(join(dataDir, "run", "database.url"), "utf8"),
    dataDir,
    pid: child.pid ?? 0,
    proxyPort: Number(proxyPort),
    portalPid: async () => Number(await readFile(join(dataDir, "run", "portal.pid"), "utf8")),
    logOf: (part) => readFile(join(dataDir, "logs", `${part}.log`), "utf8"),
    stop,
  };
}
