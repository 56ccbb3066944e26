import { execFileSync } from "node:child_process";
import type { TestContext } from "vitest";
import { mptcp } from "@/lib/mptcp";

const abilities = {
  root: () => process.getuid?.() === 0,
  namespaces: () => process.getuid?.() === 0 && succeeds("unshare", ["-n", "true"]),
  nginx: () => succeeds("nginx", ["-v"]),
  nft: () => succeeds("nft", ["--version"]),
  dnsmasq: () => succeeds("dnsmasq", ["--version"]),
  haproxy: () => succeeds("haproxy", ["-v"]),
  wget: () => succeeds("wget", ["--version"]),
  curl: () => succeeds("curl", ["--version"]),
  tcpdump: () => succeeds("tcpdump", ["--version"]),
  mptcpize: () => succeeds("mptcpize", ["--help"]),
  chromium: () => succeeds("chromium", ["--version"]),
  git: () => succeeds("git", ["--version"]),
  openssl: () => succeeds("openssl", ["version"]),
  python3: () => succeeds("python3", ["--version"]),
  "apt-ftparchive": () => succeeds("apt-ftparchive", ["--version"]),
  proxychains4: () => succeeds("bash", ["-c", "command -v proxychains4"]),
  nc: () => succeeds("nc", ["-h"]),
  ssh: () => succeeds("ssh", ["-V"]),
  dropbear: () => succeeds("dropbear", ["-V"]),
  freeradius: () => succeeds("freeradius", ["-v"]),
  compiler: () => succeeds("g++", ["--version"]),
  mptcp: () => succeeds("sysctl", ["-n", "net.mptcp.enabled"]),
  pacing: () => mptcp.probePacing().hasPacing,
} as const;

export type Ability = keyof typeof abilities;

function succeeds(command: string, args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** What of these this machine lacks. */
export function lackingAbilities(needed: readonly Ability[]): Ability[] {
  return needed.filter((ability) => !abilities[ability]());
}

/** Skip the test, naming what this machine lacks; with TESTBED_EXPECT_ALL=1 a lacking ability is a failure. */
export function requireAbility(context: TestContext, ...needed: Ability[]): void {
  const lacking = lackingAbilities(needed);
  if (lacking.length === 0) return;
  const sentence = `this machine lacks: ${lacking.join(", ")}`;
  if (process.env["TESTBED_EXPECT_ALL"] === "1") throw new Error(sentence);
  context.skip(sentence);
}
