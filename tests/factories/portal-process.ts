import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "esbuild";
import { projectRoot } from "@/lib/shared/project-root";

export type PortalProcess = { url: string; pid: number; kill: () => Promise<void> };

let bundle: Promise<string> | null = null;

async function buildChild(): Promise<string> {
  const outfile = join(projectRoot(), "tests/output/api/portal-child.mjs");
  await build({
    entryPoints: [join(projectRoot(), "tests/api/portal-child.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    alias: { "@": projectRoot() },
    packages: "external",
    logLevel: "warning",
  });
  return outfile;
}

/** A process of its own with the portal's routes, on this process's database. */
export async function startPortalProcess(): Promise<PortalProcess> {
  bundle ??= buildChild();
  const child = spawn(process.execPath, [await bundle], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  if (child.stdout === null) throw new Error("the portal process has no output");
  const [line] = await once(child.stdout, "data");
  const url = `http://127.0.0.1:${Number(line)}`;
  await fetch(`${url}/api/health`);
  return {
    url,
    pid: child.pid ?? 0,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
