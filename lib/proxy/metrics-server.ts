import { createServer, type Server } from "node:http";
import { errorCode, errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { metricContentType } from "@/lib/shared/metric-text";

/** The process before has the port until it retires. */
const againMs = 1000;

export type MetricsServerOptions = { address: string; port: number; read: () => string; log: Log };

/**
 * Serves `GET /metrics` to who reaches the address; there is no credential, so that it should be this machine's own or one
 * that only Prometheus reaches. Where it cannot listen the node goes on without, and tries again.
 */
export class MetricsServer {
  private readonly server: Server;
  private timer: NodeJS.Timeout | null = null;
  private hasWarned = false;

  constructor(private readonly options: MetricsServerOptions) {
    const { read, log } = options;
    this.server = createServer((request, response) => {
      const isAsked = request.method === "GET" && request.url?.split("?")[0] === "/metrics";
      if (!isAsked) response.writeHead(404).end("There is /metrics.\n");
      else response.writeHead(200, { "content-type": metricContentType, "cache-control": "no-store" }).end(read());
    });
    this.server.on("error", (error) => {
      const reason = errorMessage(error);
      if (!this.hasWarned && errorCode(error) !== "EADDRINUSE") log.warn({ reason }, "metrics are not served");
      this.hasWarned = true;
      this.timer = setTimeout(() => this.listen(), againMs).unref();
    });
    this.listen();
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.server.close();
    this.server.closeAllConnections();
  }

  private listen(): void {
    const { address, port, log } = this.options;
    this.server.listen(port, address, () => log.info({ address, port }, "metrics are served"));
  }
}
