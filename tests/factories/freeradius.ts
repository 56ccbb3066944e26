import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An accounting server that writes all it takes into its detail file, and nothing else. */
const configuration = (folder: string, port: number, secret: string): string => `
prefix = ${folder}
logdir = ${folder}
run_dir = ${folder}
raddbdir = ${folder}
libdir = /usr/lib/freeradius
pidfile = ${folder}/pid
client portal {
  ipaddr = 127.0.0.1
  secret = "${secret}"
}
modules {
  detail {
    filename = ${folder}/detail
    permissions = 0600
  }
}
server accounting {
  listen {
    type = acct
    ipaddr = 127.0.0.1
    port = ${port}
  }
  accounting {
    detail
  }
}
`;

/** A record of the detail file, attribute by attribute. */
export type DetailRecord = Readonly<Record<string, string>>;

const startWaitMs = 10_000;

/** Debian's FreeRADIUS on the loopback, with a folder of its own. */
export class FreeRadius {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async prepare(port: number, secret: string): Promise<FreeRadius> {
    const folder = await mkdtemp(join(tmpdir(), "twinpath-radius-"));
    await mkdir(join(folder, "etc"));
    await writeFile(join(folder, "etc/radiusd.conf"), configuration(folder, port, secret));
    return new FreeRadius(folder, port);
  }

  /** Resolves once it takes requests. */
  async start(): Promise<void> {
    const args = ["-f", "-l", "stdout", "-d", join(this.folder, "etc"), "-n", "radiusd"];
    const child = spawn("freeradius", args, { stdio: ["ignore", "pipe", "inherit"] });
    this.child = child;
    let said = "";
    await new Promise<void>((resolve, reject) => {
      const fail = (): void => reject(new Error(`freeradius does not start: ${said}`));
      const timer = setTimeout(fail, startWaitMs);
      child.once("error", fail).once("exit", fail);
      child.stdout?.on("data", (chunk) => {
        said += chunk;
        if (!said.includes("Ready to process requests")) return;
        clearTimeout(timer);
        child.off("exit", fail);
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** All records that it ever took, in order. */
  records(): DetailRecord[] {
    const file = join(this.folder, "detail");
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    return text
      .split("\n\n")
      .filter((block) => block.trim() !== "")
      .map((block) =>
        Object.fromEntries(
          [...block.matchAll(/^\t([\w-]+) = "?(.*?)"?$/gm)].map(([, name = "", value = ""]) => [name, value]),
        ),
      );
  }
}
