import { access, constants } from "node:fs/promises";
import { AppError } from "@/lib/shared/errors";
import { toolEnv } from "./run-command";

/** Programs the testbed runs, and the Debian package each is in. */
const packages = {
  ip: "iproute2",
  tc: "iproute2",
  nginx: "nginx-light",
  dnsmasq: "dnsmasq-base",
  openssl: "openssl",
  wget: "wget",
  setpriv: "util-linux",
  sysctl: "procps",
  "iptables-legacy": "iptables",
  cc: "gcc libc6-dev",
} as const;

export type Tool = keyof typeof packages;

async function isInstalled(tool: Tool): Promise<boolean> {
  for (const folder of (toolEnv()["PATH"] ?? "").split(":")) {
    const isHere = await access(`${folder}/${tool}`, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isHere) return true;
  }
  return false;
}

/** AppError TESTBED_NEEDS_PACKAGE names every program that is missing and the Debian packages to install. */
export async function requireTools(tools: readonly Tool[]): Promise<void> {
  const missing: Tool[] = [];
  for (const tool of tools) if (!(await isInstalled(tool))) missing.push(tool);
  if (missing.length === 0) return;
  const names = [...new Set(missing.map((tool) => packages[tool]))].join(" ");
  throw new AppError(
    "TESTBED_NEEDS_PACKAGE",
    `The testbed needs ${missing.join(", ")}, which this machine lacks: run "apt-get install ${names}" and start again.`,
  );
}

/** AppError TESTBED_NEEDS_ROOT or TESTBED_NEEDS_PACKAGE where this machine cannot carry a testbed. */
export async function checkPrerequisites(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new AppError(
      "TESTBED_NEEDS_ROOT",
      "The testbed builds network namespaces, which needs root: start it again as root (sudo).",
    );
  await requireTools(["ip", "tc", "nginx", "dnsmasq", "openssl", "wget", "setpriv", "sysctl"]);
}
