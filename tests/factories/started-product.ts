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
  portalPid: () => Promise<number>;
  stop: () => Promise<void>;
};

/** Start `twinpath up` and wait until it is ready. */
export async function startProduct(): Promise<StartedProduct> {
  const dataDir = await mkdtemp(join(root, ".data-test-"));
  const [port, proxyPort] = [String(await freePort()), String(await freePort())];
  const options = ["--data-dir", dataDir, "--port", port, "--proxy-address", "127.0.0.1", "--proxy-port", proxyPort];
  const child = spawn(process.execPath, ["dist/twinpath.js", "up", ...options], { cwd: root, stdio: "pipe" });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let text = "";
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await exited;
    await rm(dataDir, { recursive: true, force: true });
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
    portalPid: async () => Number(await readFile(join(dataDir, "run", "portal.pid"), "utf8")),
    stop,
  };
}
