import type { MptcpHelper } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { type Link, type LinkSetting, readLinks } from "./links";

export type LinkWatchOptions = {
  settings: readonly LinkSetting[];
  family: 4 | 6;
  watchLinks: MptcpHelper["watchLinks"];
  /** Called with the link as it is from now on, and the address it had before. */
  onChange: (link: Link, before: string | null) => void;
  log: Log;
};

/** Beside the kernel's news, which may be missed where a namespace has many interfaces. */
const lookEveryMs = 2000;
const lookEveryBlindMs = 250;

/** Follows the addresses of the device's links, as the kernel tells of changes. */
export class LinkWatch {
  private links: Link[];
  private readonly unwatch: (() => void) | null;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: LinkWatchOptions) {
    const { settings, family } = options;
    this.unwatch = this.watch();
    this.links = readLinks(settings, family);
    this.timer = setInterval(() => this.look(), this.unwatch === null ? lookEveryBlindMs : lookEveryMs);
  }

  get current(): readonly Link[] {
    return this.links;
  }

  stop(): void {
    this.unwatch?.();
    clearInterval(this.timer);
  }

  private watch(): (() => void) | null {
    try {
      return this.options.watchLinks(() => this.look());
    } catch (error) {
      this.options.log.warn({ reason: errorMessage(error) }, "links are looked at again and again instead");
      return null;
    }
  }

  private look(): void {
    const { settings, family, onChange, log } = this.options;
    const before = this.links;
    this.links = readLinks(settings, family);
    for (const [index, link] of this.links.entries()) {
      const was = before[index]?.address ?? null;
      if (was === link.address) continue;
      log.info({ access: link.access, name: link.name, address: link.address, was }, "link changed");
      onChange(link, was);
    }
  }
}
