import type { ChildProcess, SpawnOptions } from "node:child_process";
import { release } from "node:os";
import { join } from "node:path";
import type { AccessLinkId, LinkFault, LinkSettings, PresetId, TestbedStatus } from "@/lib/contracts/demo";
import { presets } from "@/lib/contracts/demo-presets";
import type { InterfaceCounters } from "@/lib/demo";
import { AppError } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { AccessLink } from "./access-link";
import { ContentObjects } from "./content-objects";
import { startContentProvider } from "./content-provider";
import type { DelayLine } from "./delay-line";
import { NamespaceCounters } from "./interface-counters";
import { type ManagementNetwork, managementLinkNames, openManagementNetwork } from "./management-network";
import { startNameServer, writeResolvConf } from "./name-server";
import { createNetemDelayLine, hasNetem } from "./netem-delay-line";
import { createNfqueueDelayLine } from "./nfqueue-delay-line";
import { ProcessGroup } from "./process-group";
import { runCommand } from "./run-command";
import type { ContentObject, ObjectProgress, Place, Testbed } from "./testbed";
import { removeTestbed, testbedFolder, workFolder, writeRecord } from "./testbed-record";
import { addresses, buildTopology, hostNames, interfaces, namespaceNames, networks } from "./topology";
import { UploadReceiver } from "./upload-receiver";

export type TestbedOptions = {
  preset: PresetId;
  /** The portal's port on this machine's loopback; null for a testbed without a portal. */
  portalPort: number | null;
  dataDir: string;
  log: Log;
  /** One line a step, for a person who waits. */
  onProgress?: (line: string) => void;
  /** Ends the creation half-way: what was made by then is removed. */
  signal?: AbortSignal;
};

function presetLinks(id: PresetId): { lte: LinkSettings; wifi: LinkSettings } {
  const preset = presets.find((candidate) => candidate.id === id);
  if (preset === undefined) throw new AppError("TESTBED_BAD_PRESET", `There is no preset "${id}": choose another.`);
  return preset;
}

const noFault = { fault: "none", at: null } as const;

type Links = Record<AccessLinkId, AccessLink>;

/** The testbed in network namespaces. Made by createTestbed, which starts it. */
export class NamespaceTestbed implements Testbed {
  readonly namespaces: Readonly<Record<Place, string>>;
  readonly addresses = addresses;
  readonly interfaces = interfaces;
  readonly networks = networks;
  readonly hostNames = hostNames;
  readonly #processes = new ProcessGroup();
  readonly #objects: ContentObjects;
  readonly #uploads = new UploadReceiver();
  readonly #counters = new Map<Place, Promise<NamespaceCounters>>();
  #links: Links | null = null;
  #management: ManagementNetwork | null = null;
  #accessLogPath = "";
  #congestionControl = "";
  #scheduler = "";
  #preset: PresetId;
  #state: TestbedStatus["state"] = "starting";
  #stopping: Promise<void> | null = null;

  constructor(
    readonly id: string,
    readonly options: TestbedOptions,
  ) {
    this.namespaces = namespaceNames(id);
    this.#objects = new ContentObjects(join(testbedFolder(options.dataDir), "objects"));
    this.#preset = options.preset;
  }

  get management(): Testbed["management"] {
    if (this.#management === null) return null;
    const { fromProxy, fromUe } = this.#management;
    return { fromProxy, fromUe };
  }

  get accessLogPath(): string {
    return this.#accessLogPath;
  }

  async start(): Promise<void> {
    const { dataDir, portalPort, log, signal, onProgress } = this.options;
    const step = (line: string) => {
      signal?.throwIfAborted();
      onProgress?.(line);
    };
    step(`Building the network of testbed ${this.id}`);
    await writeRecord(dataDir, this.#record());
    await buildTopology(this.namespaces);
    await writeResolvConf(this.namespaces);
    step("Setting up the LTE and WiFi links");
    this.#links = await this.#createLinks();
    await this.setPreset(this.#preset);
    if (portalPort !== null) {
      step("Opening the management network");
      this.#management = await openManagementNetwork(this.id, this.namespaces, portalPort);
    }
    step("Starting the content provider");
    await startNameServer(this.#processes, this.namespaces.content);
    const folder = join(workFolder(dataDir, this.id), "nginx");
    const uploadSocket = join(workFolder(dataDir, this.id), "uploads.sock");
    await this.#uploads.listen(uploadSocket);
    const { content } = this.namespaces;
    const provider = await startContentProvider(this.#processes, content, folder, this.#objects.folder, uploadSocket);
    this.#accessLogPath = provider.accessLogPath;
    const answer = await this.run("content", "sysctl", ["-n", "net.ipv4.tcp_congestion_control"]);
    this.#congestionControl = answer.stdout.trim();
    // -e: a kernel that lets nobody choose has no such setting.
    const scheduler = await this.run("proxy", "sysctl", ["-e", "-n", "net.mptcp.scheduler"]);
    this.#scheduler = scheduler.stdout.trim();
    signal?.throwIfAborted();
    this.#state = "ready";
    log.info({ testbed: this.id, delay: this.#links.lte.delayLine.method }, "testbed ready");
  }

  spawn(place: Place, command: string, args: readonly string[], options?: SpawnOptions): ChildProcess {
    return this.#processes.spawn(this.namespaces[place], command, args, options);
  }

  run(place: Place, command: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
    return runCommand("ip", ["netns", "exec", this.namespaces[place], command, ...args]);
  }

  async setPreset(preset: PresetId): Promise<void> {
    const { lte, wifi } = presetLinks(preset);
    await Promise.all([this.setLink("lte", lte), this.setLink("wifi", wifi)]);
    this.#preset = preset;
  }

  setLink(access: AccessLinkId, settings: LinkSettings): Promise<void> {
    return this.#link(access).set(settings);
  }

  setFault(access: AccessLinkId, fault: LinkFault): Promise<void> {
    return this.#link(access).setFault(fault);
  }

  async counters(place: Place, interfaceName: string): Promise<InterfaceCounters> {
    const opened = this.#counters.get(place) ?? NamespaceCounters.open(this.#processes, this.namespaces[place]);
    this.#counters.set(place, opened);
    return (await opened).read(interfaceName);
  }

  async object(sizeBytes: number, onProgress?: ObjectProgress): Promise<ContentObject> {
    const sha256 = await this.#objects.ensure(sizeBytes, onProgress);
    const url = `http://${addresses.content}/${this.#objects.fileName(sizeBytes)}`;
    return { url, path: this.#objects.path(sizeBytes), sha256, sizeBytes };
  }

  expectUpload(onChunk: (chunk: Buffer) => void): { url: string; forget: () => void } {
    const { path, forget } = this.#uploads.expect(onChunk);
    return { url: `http://${addresses.content}${path}`, forget };
  }

  async withRun<T>(work: () => Promise<T>): Promise<T> {
    if (this.#state !== "ready")
      throw new AppError("TESTBED_BUSY", `The testbed is ${this.#state}: wait until it is ready.`);
    this.#state = "running";
    try {
      return await work();
    } finally {
      if (this.#stopping === null) this.#state = "ready";
    }
  }

  status(): TestbedStatus {
    const atStart = presetLinks(this.#preset);
    return {
      state: this.#state,
      preset: this.#preset,
      lte: this.#links?.lte.settings ?? atStart.lte,
      wifi: this.#links?.wifi.settings ?? atStart.wifi,
      faults: {
        lte: this.#links?.lte.faultState ?? noFault,
        wifi: this.#links?.wifi.faultState ?? noFault,
      },
      delayMethod: this.#links?.lte.delayLine.method ?? "nfqueue",
      congestionControl: this.#congestionControl,
      scheduler: this.#scheduler,
      kernel: release(),
      objectSha256: Object.fromEntries(this.#objects.sha256BySize),
    };
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#state = "stopping";
    await this.#processes.end();
    await this.#uploads.close();
    await this.#management?.close();
    for (const opened of this.#counters.values()) await opened.then((counters) => counters.close()).catch(() => {});
    await removeTestbed(this.options.dataDir, this.#record());
  }

  #record() {
    const rootLinks = this.options.portalPort === null ? [] : Object.values(managementLinkNames(this.id));
    return { id: this.id, namespaces: Object.values(this.namespaces), rootLinks };
  }

  async #createLinks(): Promise<Links> {
    const isNetemHere = await hasNetem(this.namespaces.core);
    const delayLine = (access: AccessLinkId): Promise<DelayLine> | DelayLine =>
      isNetemHere
        ? createNetemDelayLine(access, this.namespaces)
        : createNfqueueDelayLine(access, this.namespaces, this.#processes, this.options.log);
    const { lte, wifi } = presetLinks(this.#preset);
    return {
      lte: new AccessLink("lte", this.namespaces, await delayLine("lte"), lte),
      wifi: new AccessLink("wifi", this.namespaces, await delayLine("wifi"), wifi),
    };
  }

  #link(access: AccessLinkId): AccessLink {
    if (this.#links === null)
      throw new AppError("TESTBED_NOT_READY", "The testbed's links are not set up yet: wait until it is ready.");
    return this.#links[access];
  }
}
