import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { content, type FleetNamespace, hub, lteOf, openNamespace, wifiOf } from "./chaos-network";

/** A part that may be killed at any time and is there again a moment later. */
export type FleetPart = { name: string; role: "portal" | "node" | "agent"; pid: () => number; kill: () => void };

export const agentPort = 1080;
const againMs = 500;
const command = join(process.cwd(), "dist/twinpath.js");

type Start = { name: string; role: FleetPart["role"]; start: () => ChildProcess; servingPid?: () => number };

/** Starts parts, starts them again when they end, and ends them, each by its own handle. */
export class ChaosFleet {
  readonly parts: FleetPart[] = [];
  private readonly children = new Set<ChildProcess>();
  private readonly namespaces: FleetNamespace[] = [];
  private isStopping = false;

  constructor(
    private readonly folder: string,
    private readonly env: Record<string, string>,
  ) {}

  startPortal(index: number, port: number): void {
    const args = ["portal", "--address", "127.0.0.1", "--port", String(port)];
    this.keep({
      name: `portal-${index}`,
      role: "portal",
      start: () => this.spawn(`portal-${index}`, [process.execPath, command, ...args]),
    });
  }

  /** A node as shipped: the command keeps the process that serves, and starts it again. */
  startNode(index: number, port: number, code: string): void {
    const name = `node-${index}`;
    const place = ["--address", hub.address, "--port", String(port), "--public", `${hub.address}:${port}`];
    const home = join(this.folder, name);
    const portal = ["--portal", `http://${hub.address}:${hub.portalPort}`, "--join", code];
    const args = ["proxy", ...portal, ...place, "--threads", "1", "--data-dir", home];
    const servingPid = (): number => Number(readFileSync(join(home, "run", "proxy.pid"), "utf8"));
    this.keep({ name, role: "node", start: () => this.spawn(name, [process.execPath, command, ...args]), servingPid });
  }

  async startAgent(index: number, device: { deviceId: string; secret: string }): Promise<void> {
    const name = `agent-${index}`;
    const namespace = await this.openNamespace(name, [wifiOf(index), lteOf(index)]);
    const links = ["--wifi", wifiOf(index), "--lte", lteOf(index), "--address", wifiOf(index)];
    const where = ["--portal", `http://${hub.address}:${hub.portalPort}`, "--proxy", `${hub.address}:9`];
    const rest = ["--port", String(agentPort), "--page-port", "0", "--data-dir", join(this.folder, name)];
    const env = { TWINPATH_DEVICE_ID: device.deviceId, TWINPATH_DEVICE_SECRET: device.secret };
    const line = [process.execPath, command, "agent", ...where, ...links, ...rest];
    this.keep({ name, role: "agent", start: () => this.spawn(name, [...namespace.enter, ...line], env) });
  }

  /** Programs load from it; it is not killed. */
  async startContent(script: readonly string[]): Promise<void> {
    const namespace = await this.openNamespace("content", [content.address]);
    const line = [...namespace.enter, process.execPath, ...script];
    this.children.add(this.spawn("content", line));
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    const ended = [...this.children].map((child) => new Promise((done) => child.once("exit", done)));
    for (const child of this.children) child.kill("SIGTERM");
    const timer = setTimeout(() => {
      for (const child of this.children) child.kill("SIGKILL");
    }, 8000);
    await Promise.all(ended);
    clearTimeout(timer);
    for (const namespace of this.namespaces) namespace.close();
  }

  private async openNamespace(name: string, addresses: readonly string[]): Promise<FleetNamespace> {
    const namespace = await openNamespace(name, addresses);
    this.namespaces.push(namespace);
    return namespace;
  }

  private keep({ name, role, start, servingPid }: Start): void {
    let child = start();
    const again = (): void => {
      this.children.delete(child);
      if (this.isStopping) return;
      setTimeout(() => {
        if (this.isStopping) return;
        child = start();
        watch();
      }, againMs);
    };
    const watch = (): void => {
      this.children.add(child);
      child.once("exit", again);
    };
    watch();
    const pid = (): number => servingPid?.() ?? child.pid ?? 0;
    const kill = (): void => {
      process.kill(pid(), "SIGKILL");
    };
    this.parts.push({ name, role, pid, kill });
  }

  private spawn(name: string, line: readonly string[], more: Record<string, string> = {}): ChildProcess {
    mkdirSync(join(this.folder, "logs"), { recursive: true });
    const log = openSync(join(this.folder, "logs", `${name}.log`), "a");
    const own = { ...this.env, ...more, TWINPATH_LOG_LEVEL: "warn" };
    const env: NodeJS.ProcessEnv = { ...process.env, ...own, NODE_ENV: "production" };
    const [program = "", ...args] = line;
    const child = spawn(program, args, { env, stdio: ["ignore", log, log] });
    closeSync(log);
    return child;
  }
}

/** Open descriptors and resident megabytes of a process; null where it is gone. */
export function footprint(pid: number): { descriptors: number; megabytes: number } | null {
  try {
    const descriptors = readdirSync(`/proc/${pid}/fd`).length;
    const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
    return { descriptors, megabytes: kilobytes / 1024 };
  } catch {
    return null;
  }
}
