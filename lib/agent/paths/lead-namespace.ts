import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import type { PathManager } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";

export type LeadOptions = {
  pathManager: Pick<PathManager, "kind" | "setKind">;
  onLead: () => void;
  /** The namespace cannot be led: another way is needed. */
  onRefused: () => void;
  log: Log;
};

/** Abstract sockets belong to the network namespace, and end with their process. */
const leaderName = "\0twinpath-path-manager";
const lookEveryMs = 1000;
const typeFile = "/proc/sys/net/mptcp/pm_type";
/** Seconds without MPTCP for the whole namespace after one lost handshake: a blackholed WiFi would switch it off. */
const blackholeFile = "/proc/sys/net/mptcp/blackhole_timeout";

/** Puts the kernel's path manager back in charge when our end of the pipe closes, however it comes. */
function startWatchdog(): () => void {
  const script = `trap '' HUP INT TERM; cat > /dev/null; echo 0 > ${typeFile}`;
  const child = spawn("/bin/sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  child.unref();
  return () => void child.stdin.end();
}

/**
 * Of the agents in one network namespace exactly one manages the paths of its connections, in place of the kernel's
 * path manager; when it ends, the next one takes over. While one does, connections that begin have no second path but
 * by it; when none is left, the kernel's path manager is back.
 */
export class NamespaceLead {
  private server: Server | null = null;
  private isLeading = false;
  private isStopped = false;
  private stopWatchdog: (() => void) | null = null;
  private blackholeBefore: string | null = null;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: LeadOptions) {
    this.timer = setInterval(() => this.look(), lookEveryMs).unref();
    this.look();
  }

  stop(): void {
    this.isStopped = true;
    clearInterval(this.timer);
    if (this.isLeading) this.restore();
    this.stopWatchdog?.();
    this.server?.close();
  }

  private look(): void {
    if (this.isLeading) this.takeCharge();
    else if (this.server === null) this.candidate();
  }

  private candidate(): void {
    const server = createServer((socket) => socket.destroy());
    this.server = server;
    server.once("error", () => {
      this.server = null;
    });
    server.listen(leaderName, () => this.lead());
    server.unref();
  }

  private lead(): void {
    if (this.isStopped) return;
    if (!this.takeCharge()) {
      clearInterval(this.timer);
      this.server?.close();
      this.options.onRefused();
      return;
    }
    this.isLeading = true;
    this.stopWatchdog = startWatchdog();
    this.blackholeBefore = swap(blackholeFile, "0");
    this.options.onLead();
  }

  /** Again and again: an agent that ended meanwhile, or a proxy in the same namespace, may have put the kernel's back. */
  private takeCharge(): boolean {
    const { pathManager, log } = this.options;
    try {
      if (pathManager.kind() !== "userspace") pathManager.setKind("userspace");
      return true;
    } catch (error) {
      log.warn({ reason: errorMessage(error) }, "the kernel's path manager stays in charge");
      return false;
    }
  }

  private restore(): void {
    const { pathManager, log } = this.options;
    try {
      pathManager.setKind("kernel");
    } catch (error) {
      log.warn({ reason: errorMessage(error) }, "the kernel's path manager was not put back");
    }
    if (this.blackholeBefore !== null) swap(blackholeFile, this.blackholeBefore);
  }
}

/** @returns what was there; null where it cannot be read or set */
function swap(file: string, value: string): string | null {
  try {
    const before = readFileSync(file, "utf8").trim();
    writeFileSync(file, value);
    return before;
  } catch {
    return null;
  }
}
