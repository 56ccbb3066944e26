import { createLog } from "@/lib/shared/log";
import { FanOut } from "./fan-out";
import { type KnownNode, readNodes } from "./list-nodes";
import { policyHub } from "./policy-hub";
import { processSingleton } from "./process-singleton";

const lookEveryMs = 5000;
/** Loads are told in so many steps, so that a device's order does not change with every session. */
const loadSteps = 8;

/** A node that devices are told of. */
export type ListedNode = KnownNode & { address: string };

function listed(nodes: readonly KnownNode[]): ListedNode[] {
  return nodes.flatMap(({ address, load, ...node }) =>
    address === null ? [] : [{ ...node, address, load: Math.round(load * loadSteps) / loadSteps }],
  );
}

/** The proxy nodes that devices may use, as of a moment ago; whoever follows is told of changes. One a process. */
class NodeDirectory {
  private readonly log = createLog("node-directory");
  private readonly fan = new FanOut<readonly ListedNode[]>();
  private nodes: readonly ListedNode[] | null = null;
  private reading: Promise<readonly ListedNode[]> | null = null;
  private watching: Promise<() => void> | null = null;

  /** The nodes now. @returns also stops telling of changes */
  async follow(
    listener: (nodes: readonly ListedNode[]) => void,
  ): Promise<{ nodes: readonly ListedNode[]; stop: () => void }> {
    const leave = this.fan.listen(listener);
    try {
      this.watching ??= this.watch();
      await this.watching;
      return { nodes: this.nodes ?? (await this.read()), stop: () => this.leave(leave) };
    } catch (error) {
      this.leave(leave);
      throw error;
    }
  }

  private leave(stopListening: () => void): void {
    stopListening();
    if (this.fan.size > 0) return;
    void this.watching?.then(
      (stop) => stop(),
      () => {},
    );
    this.watching = null;
    this.nodes = null;
  }

  private async watch(): Promise<() => void> {
    const look = (): void => {
      this.read().catch((error: unknown) => this.log.warn({ err: error }, "cannot read the nodes; tried again"));
    };
    const { stop } = await policyHub().follow((event) => event.type === "node" && look());
    const timer = setInterval(look, lookEveryMs);
    timer.unref();
    return () => {
      stop();
      clearInterval(timer);
    };
  }

  private read(): Promise<readonly ListedNode[]> {
    this.reading ??= readNodes()
      .then((nodes) => this.take(listed(nodes)))
      .finally(() => {
        this.reading = null;
      });
    return this.reading;
  }

  private take(nodes: readonly ListedNode[]): readonly ListedNode[] {
    const isNews = JSON.stringify(nodes) !== JSON.stringify(this.nodes);
    this.nodes = nodes;
    if (isNews) this.fan.send(nodes);
    return nodes;
  }
}

/** The process's directory. */
export function nodeDirectory(): NodeDirectory {
  return processSingleton("node-directory", () => new NodeDirectory());
}
