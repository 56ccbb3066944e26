import type { LinkSettings } from "@/lib/contracts/demo";
import type { DelayLine } from "./delay-line";
import { runCommand } from "./run-command";
import type { AccessLinkId, LinkFault, Place } from "./testbed";
import { bearers } from "./topology";

/** A packet of the sender's segmentation offload (64 kB and its headers) passes whole. */
const burstBytes = 70_000;
/** Room for two such packets, however slow the link. */
const leastQueueBytes = 150_000;
/** A queue as of an access router: 60 ms at the link's rate. */
const queueMs = 60;

/** One access network's links: rate by TBF and HTB on the access router, delay and loss by the delay line. */
export class AccessLink {
  #settings: LinkSettings;
  #fault: LinkFault = "none";
  #isShaped = false;
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

  /** Bring the link to these settings; transfers go on. A fault stays. */
  set(settings: LinkSettings): Promise<void> {
    return this.#inTurn(async () => {
      await this.#shape(settings.rateMbps);
      await this.#delay(settings, this.#fault);
      this.#settings = settings;
    });
  }

  setFault(fault: LinkFault): Promise<void> {
    return this.#inTurn(async () => {
      await this.#delay(this.#settings, fault);
      const state = fault === "down" ? "down" : "up";
      const lines = bearers[this.access].map(({ uePort }) => `link set ${uePort} ${state}\n`);
      await runCommand("ip", ["-n", this.namespaces[this.access], "-batch", "-"], lines.join(""));
      this.#fault = fault;
    });
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const result = this.#last.then(step);
    this.#last = result.catch(() => {});
    return result;
  }

  #delay(settings: LinkSettings, fault: LinkFault): Promise<void> {
    const lossPercent = fault === "blackhole" ? 100 : settings.lossPercent;
    return this.delayLine.apply({ oneWayMs: settings.rttMs / 2, lossPercent });
  }

  /* Download: TBF at each UE's port. Upload: a HTB class for each UE at the port to the core, told apart by address. */
  async #shape(rateMbps: number): Promise<void> {
    const rate = `${Math.round(rateMbps * 1000)}kbit`;
    const limit = Math.max(leastQueueBytes, Math.round(rateMbps * 125 * queueMs));
    const verb = this.#isShaped ? "change" : "add";
    const lines = this.#isShaped ? [] : ["qdisc add dev core0 root handle 1: htb default 1"];
    bearers[this.access].forEach(({ uePort, ueAddress }, index) => {
      const minor = index + 1;
      lines.push(
        `qdisc ${verb} dev ${uePort} root tbf rate ${rate} burst ${burstBytes} limit ${limit}`,
        `class ${verb} dev core0 parent 1: classid 1:${minor} htb rate ${rate} ceil ${rate} burst ${burstBytes} cburst ${burstBytes} quantum ${burstBytes}`,
        `qdisc ${verb} dev core0 parent 1:${minor} handle ${minor}0: bfifo limit ${limit}`,
      );
      if (!this.#isShaped)
        lines.push(
          `filter add dev core0 parent 1: protocol ip prio 1 u32 match ip src ${ueAddress}/32 flowid 1:${minor}`,
        );
    });
    await runCommand("tc", ["-n", this.namespaces[this.access], "-batch", "-"], `${lines.join("\n")}\n`);
    this.#isShaped = true;
  }
}
