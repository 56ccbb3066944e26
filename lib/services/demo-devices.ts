import type { DeviceCommand } from "@/lib/contracts/demo";
import type { DemoDeviceStatus, ListedDemoDevice } from "@/lib/contracts/demo-devices";
import { getDatabase } from "@/lib/db/client";
import { type PortalPeers, portalPeers } from "./portal-peers";
import { processSingleton } from "./process-singleton";

/** A device reports every two seconds at least; one that is silent for longer is gone. */
const silentMs = 6000;

type Push = (command: DeviceCommand) => void;
type Heard = { status: DemoDeviceStatus; heardAtMs: number };

/** Devices that allow demo runs: which are there, by their reports, and the way to tell them something. */
export class DemoDevices {
  private readonly heard = new Map<string, Heard>();
  private readonly pushes = new Map<string, Push>();
  private readonly madeAtMs = Date.now();

  constructor(private readonly peers: PortalPeers) {
    peers.listen((message) => {
      if (message.type === "device") this.note(message.deviceId, message.status);
      else if (message.type === "device-command") this.pushes.get(message.deviceId)?.(message.command);
    });
  }

  /** The device's stream is open here; a newer one replaces an older one. @returns tells that it is gone */
  connect(deviceId: string, push: Push): () => void {
    this.pushes.set(deviceId, push);
    return () => {
      if (this.pushes.get(deviceId) === push) this.pushes.delete(deviceId);
    };
  }

  /** By its stream here, or through the portal that has it. */
  send(deviceId: string, command: DeviceCommand): void {
    const push = this.pushes.get(deviceId);
    if (push !== undefined) push(command);
    else this.peers.send({ type: "device-command", deviceId, command });
  }

  hear(deviceId: string, status: DemoDeviceStatus): void {
    this.note(deviceId, status);
    this.peers.send({ type: "device", deviceId, status });
  }

  /** How long nothing was heard of it; never longer than this process is up. */
  silentForMs(deviceId: string, nowMs: number): number {
    return nowMs - (this.heard.get(deviceId)?.heardAtMs ?? this.madeAtMs);
  }

  isThere(deviceId: string): boolean {
    const heard = this.heard.get(deviceId);
    return heard !== undefined && Date.now() - heard.heardAtMs <= silentMs;
  }

  /** Those that are there now, with their names. */
  async list(): Promise<ListedDemoDevice[]> {
    for (const id of [...this.heard.keys()]) if (!this.isThere(id)) this.heard.delete(id);
    const where = { id: { in: [...this.heard.keys()] }, revokedAt: null };
    const rows = await getDatabase().device.findMany({
      where,
      select: { id: true, name: true },
      orderBy: { id: "asc" },
    });
    return rows.flatMap(({ id, name }) => {
      const heard = this.heard.get(id);
      return heard === undefined ? [] : [{ id, name: name === "" ? id : name, ...heard.status }];
    });
  }

  private note(deviceId: string, status: DemoDeviceStatus): void {
    this.heard.set(deviceId, { status, heardAtMs: Date.now() });
  }
}

/** The process's demo devices. */
export function demoDevices(): DemoDevices {
  return processSingleton("demo-devices", () => new DemoDevices(portalPeers()));
}
