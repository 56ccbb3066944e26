import type { AccessLinkId, LinkFault, LinkSettings, TestbedStatus } from "@/lib/contracts/demo";
import type { DelayLine } from "./delay-line";
import { setMiddlebox } from "./middlebox";
import { runCommand } from "./run-command";
import type { Place } from "./testbed";
import { bearers, renumberLines } from "./topology";

/** A packet of the sender's segmentation offload (64 kB and its headers) passes whole. */
const packetBytes = 70_000;
/** TBF keeps no more than its burst: a timer that comes later than what a packet leaves of it would slow the link down. */
const lateMs = 2;
/** Room for two such packets, however slow the link. */
const leastQueueBytes = 150_000;
/** A queue as of an access router: 60 ms at the link's rate. */
const queueMs = 60;
/** The fault `weak`: as at the edge of a WiFi cell. */
const weakSettings: LinkSettings = { rateMbps: 1, rttMs: 300, lossPercent: 5 };

/** One access network's links: rate by TBF and HTB on the access router, delay and loss by the delay line. */
export class AccessLink {
  #settings: LinkSettings;
  #fault: LinkFault = "none";
  #faultAt: string | null = null;
  #shapedMbps: number | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(
    readonly access: AccessLinkId,
    readonly namespaces: Readonly<Record<Place, string>>,
    readonly delayLine: DelayLine,
    settings: LinkSettings,
  ) {
    this.#settings = settings;
  }

  get settings(): LinkSettings {
    return this.#settings;
  }

  get faultState(): TestbedStatus["faults"][AccessLinkId] {
    return { fault: this.#fault, at: this.#faultAt };
  }

  /** Bring the link to these settings; transfers go on. A fault stays. */
  set(settings: LinkSettings): Promise<void> {
    return this.#inTurn(async () => {
      await this.#apply(settings, this.#fault);
      this.#settings = settings;
    });
  }

  setFault(fault: LinkFault): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#fault;
      if (fault === before) return;
      await this.#apply(this.#settings, fault);
      if (fault === "down" || before === "down") await this.#setCarrier(fault === "down" ? "down" : "up");
      if (fault === "new-address") await this.#renumber("other");
      if (before === "new-address") await this.#renumber("own");
      await setMiddlebox(this.namespaces[this.access], before, fault);
      this.#fault = fault;
      this.#faultAt = new Date().toISOString();
    });
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const result = this.#last.then(step);
    this.#last = result.catch(() => {});
    return result;
  }

  async #apply(settings: LinkSettings, fault: LinkFault): Promise<void> {
    const { rateMbps, rttMs, lossPercent } = fault === "weak" ? weakSettings : settings;
    if (rateMbps !== this.#shapedMbps) await this.#shape(rateMbps);
    await this.delayLine.apply({ oneWayMs: rttMs / 2, lossPercent: fault === "blackhole" ? 100 : lossPercent });
  }

  async #setCarrier(state: "up" | "down"): Promise<void> {
    const lines = bearers[this.access].map(({ uePort }) => `link set ${uePort} ${state}\n`);
    await runCommand("ip", ["-n", this.namespaces[this.access], "-batch", "-"], lines.join(""));
  }

  async #renumber(to: "own" | "other"): Promise<void> {
    const lines = renumberLines(this.access, to).map((line) => `${line}\n`);
    await runCommand("ip", ["-n", this.namespaces.ue, "-batch", "-"], lines.join(""));
  }

  /* Download: TBF at each UE's port. Upload: a HTB class for each UE at the port to the core, told apart by address. */
  async #shape(rateMbps: number): Promise<void> {
    const rate = `${Math.round(rateMbps * 1000)}kbit`;
    const burst = packetBytes + Math.round(rateMbps * 125 * lateMs);
    const limit = Math.max(leastQueueBytes, Math.round(rateMbps * 125 * queueMs));
    const isFirst = this.#shapedMbps === null;
    const verb = isFirst ? "add" : "change";
    const lines = isFirst ? ["qdisc add dev core0 root handle 1: htb default 1"] : [];
    bearers[this.access].forEach(({ uePort, ueAddress, otherAddress }, index) => {
      const minor = index + 1;
      lines.push(
        `qdisc ${verb} dev ${uePort} root tbf rate ${rate} burst ${burst} limit ${limit}`,
        `class ${verb} dev core0 parent 1: classid 1:${minor} htb rate ${rate} ceil ${rate} burst ${packetBytes} cburst ${packetBytes} quantum ${packetBytes}`,
        `qdisc ${verb} dev core0 parent 1:${minor} handle ${minor}0: bfifo limit ${limit}`,
      );
      for (const address of isFirst ? [ueAddress, otherAddress] : [])
        if (address !== null)
          lines.push(
            `filter add dev core0 parent 1: protocol ip prio 1 u32 match ip src ${address}/32 flowid 1:${minor}`,
          );
    });
    await runCommand("tc", ["-n", this.namespaces[this.access], "-batch", "-"], `${lines.join("\n")}\n`);
    this.#shapedMbps = rateMbps;
  }
}
