import { isIP } from "node:net";
import type { MptcpHelper, PathManager, SocketAddress, TransportKind } from "@/lib/mptcp/face";
import { errorCode, errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { EndpointPaths } from "./endpoint-paths";
import { NamespaceLead } from "./lead-namespace";
import { LinkWatch } from "./link-watch";
import type { Link, LinkSetting } from "./links";
import { PathHealth, type PathStatus } from "./path-health";
import { probePath } from "./probe-path";
import { SubflowJoiner } from "./subflow-joiner";

export type DevicePathsOptions = {
  helper: Pick<MptcpHelper, "watchLinks">;
  /** Null where the kernel has no MPTCP: then paths are only chosen. */
  pathManager: PathManager | null;
  links: readonly LinkSetting[];
  proxy: SocketAddress;
  /** Whether connections to the proxy shall start with LTE as backup, by the class in force. */
  isLteBackup: () => boolean;
  /** Whether white-listed traffic runs, or did a moment ago. */
  isBusy: () => boolean;
  /** The proxy answers over none of the links. */
  onSilent?: () => void;
  log: Log;
};

/** One way to try a connection's first path. `localAddress` null: the kernel chooses. */
export type FirstPath = { localAddress: string | null; timeoutMs: number };

/** Which path a new connection to the proxy begins on; what came of it is told. */
export type FirstPaths = {
  /** `hasOther`: another proxy node would be asked where none of these answers: nothing is waited for patiently. */
  attempts(hasOther: boolean): FirstPath[];
  answered(path: FirstPath, transport: TransportKind, tookMs: number): void;
  unanswered(path: FirstPath, code: string | null): void;
};

const patientTimeoutMs = 3000;
/** Of the one link that there is, before another node is asked: TCP has repeated its SYN by then. */
const onlyTimeoutMs = 1300;
/** A path that answers later than it usually does is left for the next one; within these limits. */
const shortestHedgeMs = 200;
const longestHedgeMs = 600;
const joinEveryMs = 100;

/** The device's ways to the proxy: which links are there, which answer, and the subflows over them. */
export class DevicePaths implements FirstPaths {
  private readonly watch: LinkWatch;
  private readonly health: PathHealth;
  private readonly joiner: SubflowJoiner | null;
  private endpoints: EndpointPaths | null = null;
  private proxy: SocketAddress;
  private readonly undos: (() => void)[] = [];
  /** Every address that a link had: counters of subflows from there are still that link's. */
  private readonly linkOfAddress = new Map<string, number>();

  /** Errors: NativeError where the path manager refuses what this process may do. */
  constructor(private readonly options: DevicePathsOptions) {
    const { links: settings, proxy, pathManager, isBusy, log, helper } = options;
    this.proxy = proxy;
    const family = isIP(proxy.address) === 6 ? 6 : 4;
    const onChange = (link: Link, before: string | null): void => this.linkChanged(link, before);
    this.watch = new LinkWatch({ settings, family, watchLinks: helper.watchLinks, onChange, log });
    this.undos.push(() => this.watch.stop());
    this.rememberAddresses();
    const probe = (address: string) => probePath(this.proxy, address);
    const onAnswer = (path: PathStatus, wasAway: boolean): void => this.pathAnswered(path, wasAway);
    const onSilent = (): void => options.onSilent?.();
    this.health = new PathHealth({ links: this.watch.current, probe, isBusy, onAnswer, onSilent, log });
    this.undos.push(() => this.health.stop());
    this.joiner = pathManager === null ? null : this.startJoiner(pathManager);
  }

  status(): PathStatus[] {
    return this.health.status();
  }

  /** Paths lead to another proxy node from here on; what was known of them counts no longer. */
  leadTo(proxy: SocketAddress): void {
    this.proxy = proxy;
    this.health.restart();
  }

  /** Whether a proxy node answers over any link. */
  async reaches(node: SocketAddress): Promise<boolean> {
    const addresses = this.addresses();
    const asked = addresses.length === 0 ? [undefined] : addresses;
    const answers = await Promise.all(asked.map((address) => probePath(node, address)));
    return answers.some((answer) => "rttMs" in answer);
  }

  /** Which of the settings' links an address belongs to, or did; null for others. */
  linkOf(address: string): number | null {
    return this.linkOfAddress.get(address) ?? null;
  }

  accessOf(address: string): LinkSetting["access"] {
    const index = this.linkOf(address);
    return (index === null ? undefined : this.options.links[index]?.access) ?? "other";
  }

  attempts(hasOther: boolean): FirstPath[] {
    const paths = this.health.inOrder();
    const timeoutMs = hasOther ? onlyTimeoutMs : patientTimeoutMs;
    const patient = paths.map(({ address }) => ({ localAddress: address, timeoutMs }));
    if (paths.length === 0) return [{ localAddress: null, timeoutMs }];
    if (paths.length === 1) return patient;
    const quick = paths.map(({ address, bestRttMs }) => ({
      localAddress: address,
      timeoutMs: Math.min(longestHedgeMs, Math.max(shortestHedgeMs, 2 * (bestRttMs ?? 0) + 100)),
    }));
    // A full queue may have lost the handshake's packets: asking anew is sooner than TCP's second after which it repeats.
    const again = quick.map(({ localAddress, timeoutMs }) => ({ localAddress, timeoutMs: 2 * timeoutMs })).reverse();
    return hasOther ? [...quick, ...again] : [...quick, ...again, ...patient.reverse()];
  }

  answered({ localAddress }: FirstPath, transport: TransportKind, tookMs: number): void {
    if (localAddress === null) return;
    this.health.answered(localAddress, tookMs);
    if (transport === "tcp-fallback") this.health.stripped(localAddress);
    else if (transport === "mptcp") this.health.passes(localAddress);
  }

  unanswered({ localAddress }: FirstPath, code: string | null): void {
    if (localAddress !== null) this.health.suspect(localAddress, `a connection found no answer (${code ?? "unknown"})`);
  }

  /** Bytes came or were acknowledged on a subflow from this address. */
  carried(address: string): void {
    this.health.carried(address);
  }

  /** It carried bytes, and stopped while another path goes on. */
  quiet(address: string): void {
    this.health.suspect(address, "bytes stopped coming while another path goes on");
  }

  stop(): void {
    for (const undo of this.undos.splice(0).reverse()) undo();
  }

  private startJoiner(pathManager: PathManager): SubflowJoiner {
    const { isLteBackup, log } = this.options;
    const joiner = new SubflowJoiner({
      pathManager,
      addresses: () => this.addresses().filter((address) => this.health.isUsable(address)),
      startsAsBackup: (address, remote) =>
        remote.address === this.proxy.address && this.accessOf(address) === "lte" && isLteBackup(),
      onLost: (address) => this.health.suspect(address, "a subflow ended"),
      log,
    });
    try {
      this.undos.push(pathManager.onEvent((event) => joiner.handle(event)));
    } catch (error) {
      log.warn({ reason: errorMessage(error) }, "no news of subflows");
      this.fallBackToEndpoints(pathManager);
      return joiner;
    }
    const onLead = (): void => {
      joiner.isActing = true;
      joiner.joinAll();
    };
    const onRefused = (): void => this.fallBackToEndpoints(pathManager);
    const lead = new NamespaceLead({ pathManager, onLead, onRefused, log });
    this.undos.push(() => lead.stop());
    const timer = setInterval(() => joiner.joinAll(), joinEveryMs);
    this.undos.push(() => clearInterval(timer));
    return joiner;
  }

  /** Without CAP_NET_ADMIN the kernel's endpoints are left as the device's administrator set them. */
  private fallBackToEndpoints(pathManager: PathManager): void {
    const { log } = this.options;
    try {
      const endpoints = new EndpointPaths(pathManager, this.addresses(), log);
      this.endpoints = endpoints;
      this.undos.push(() => endpoints.stop());
    } catch (error) {
      const remedy = errorCode(error) === "EPERM" ? ": that takes root or CAP_NET_ADMIN" : "";
      log.warn({ reason: errorMessage(error) }, `links not announced${remedy}`);
    }
  }

  private addresses(): string[] {
    return this.watch.current.flatMap(({ address }) => (address === null ? [] : [address]));
  }

  private rememberAddresses(): void {
    for (const [index, { address }] of this.watch.current.entries())
      if (address !== null) this.linkOfAddress.set(address, index);
  }

  private linkChanged(link: Link, before: string | null): void {
    this.rememberAddresses();
    if (before !== null) {
      this.joiner?.dropAddress(before);
      this.attempt(() => this.endpoints?.drop(before));
    }
    this.health.setLink(link);
    const { address } = link;
    if (address !== null) this.attempt(() => this.endpoints?.add(address));
    this.joiner?.joinAll();
  }

  private pathAnswered({ address }: PathStatus, wasAway: boolean): void {
    if (address === null) return;
    if (wasAway) {
      this.attempt(() => this.endpoints?.renew(address));
      this.joiner?.renewAddress(address);
    } else this.joiner?.joinAll();
  }

  private attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.options.log.warn({ reason: errorMessage(error) }, "endpoint not changed");
    }
  }
}
