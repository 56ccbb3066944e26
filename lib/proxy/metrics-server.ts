import { createServer, type Server } from "node:http";
import { errorCode, errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import { metricContentType } from "@/lib/shared/metric-text";

/** The process before has the port until it retires. */
const againMs = 1000;

export type MetricsServerOptions = {
  address: string;
  port: number;
  read: () => string;
  /** Why no new session should come here; null: they may. */
  unreadiness: () => string | null;
  log: Log;
};

type Answer = { status: number; text: string };

/**
 * Serves `GET /metrics`, `/health` (the process serves) and `/ready` (new sessions may come: 200, or 503 with the reason)
 * to who reaches the address; there is no credential, so that it should be this machine's own or one
 * that only Prometheus reaches. Where it cannot listen the node goes on without, and tries again.
 */
export class MetricsServer {
  private readonly server: Server;
  private timer: NodeJS.Timeout | null = null;
  private hasWarned = false;

  constructor(private readonly options: MetricsServerOptions) {
    const { log } = options;
    this.server = createServer((request, response) => {
      const path = request.method === "GET" ? request.url?.split("?")[0] : undefined;
      const { status, text } = this.answer(path);
      const type = path === "/metrics" ? metricContentType : "text/plain; charset=utf-8";
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(text);
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

  private answer(path: string | undefined): Answer {
    if (path === "/metrics") return { status: 200, text: this.options.read() };
    if (path === "/health") return { status: 200, text: "ok\n" };
    if (path !== "/ready") return { status: 404, text: "There are /metrics, /health and /ready.\n" };
    const reason = this.options.unreadiness();
    return reason === null ? { status: 200, text: "ready\n" } : { status: 503, text: `${reason}\n` };
  }

  private listen(): void {
    const { address, port, log } = this.options;
    this.server.listen(port, address, () => log.info({ address, port }, "metrics are served"));
  }
}
