import type { TelemetryBatch } from "@/lib/contracts/telemetry";
import { errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { type LiveHub, liveHub } from "./live-hub";
import { showNodeOrders } from "./node-orders";
import { type NodeNews, type PortalPeers, portalPeers } from "./portal-peers";
import { processSingleton } from "./process-singleton";

const log = createLog("live-news");
const watchedReportMs = 200;

async function show({ source, isRetiring, batch }: NodeNews, hub: LiveHub): Promise<void> {
  if (isRetiring) hub.recordRetiring(source.id, batch);
  else hub.recordBatch(source, batch);
  if (!hub.hasOrder(source.id)) hub.setOrders(await showNodeOrders(source.id));
}

/** Shows what a node reported on the live pages of this portal, and has the others show it. */
export class LiveNews {
  constructor(
    private readonly hub: LiveHub,
    private readonly peers: PortalPeers,
  ) {
    peers.listen((message) => {
      if (message.type !== "news") return;
      for (const news of message.news)
        show(news, hub).catch((error: unknown) =>
          log.warn({ reason: errorMessage(error) }, "cannot show a node of another portal"),
        );
    });
  }

  async record(source: NodeNews["source"], whole: TelemetryBatch): Promise<void> {
    const { epoch, succeeds, sequence, at, node, totals } = whole;
    const isRetiring = node.state === "retiring";
    const news: NodeNews = { source, isRetiring, batch: { epoch, succeeds, sequence, at, node, totals } };
    this.peers.sendNews(news);
    await show(news, this.hub);
  }

  /** Fast while somebody watches, here or at another portal. */
  reportEveryMs(): number {
    return this.peers.isWatchedElsewhere ? watchedReportMs : this.hub.reportEveryMs();
  }
}

/** The process's news. */
export async function liveNews(): Promise<LiveNews> {
  const hub = await liveHub();
  return processSingleton("live-news", () => new LiveNews(hub, portalPeers()));
}
