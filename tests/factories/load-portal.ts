import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { PolicyEvent } from "@/lib/contracts/policy";
import type { TelemetryBatch } from "@/lib/contracts/telemetry";
import { newSecret, sha256Hex } from "@/lib/shared/ids";
import { entitlement, policySnapshot, rule, whiteList } from "./policy";

const heartbeatMs = 5000;
const loopback = "127.0.0.0/8";
const snapshot = policySnapshot({
  whiteLists: [whiteList("load", [rule("domain-suffix", "example"), rule("cidr", loopback)])],
  accessNetworks: [{ cidr: loopback, access: "wifi", name: "Loopback" }],
  allowedPrivateRanges: [loopback],
});

/**
 * The portal's side of a proxy under load, without a database, so that what is measured is the proxy: the policy
 * stream, one device's entitlement, and telemetry that is read and taken. Loopback is a WiFi network here, and the only
 * destination that the policy allows.
 */
export class LoadPortal {
  readonly secret = newSecret();
  readonly deviceId = "load";
  private readonly server: Server;
  /** Ended sessions that telemetry told of. */
  endedSessions = 0;
  private readonly ended = new Set<string>();

  /** @param reportEveryMs the pace at which it asks for telemetry */
  constructor(private readonly reportEveryMs = 1000) {
    this.server = createServer((request, response) => {
      void this.answer(request).then((message) => {
        if (message !== null) {
          response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(message));
          return;
        }
        response.writeHead(200, { "content-type": "text/event-stream" });
        const send = (event: PolicyEvent): void => {
          response.write(`event: ${event.type}\nid: 1\ndata: ${JSON.stringify(event)}\n\n`);
        };
        send({ type: "snapshot", snapshot });
        const heart = setInterval(() => send({ type: "heartbeat", at: new Date().toISOString() }), heartbeatMs);
        response.on("close", () => clearInterval(heart));
      });
    });
  }

  /** Returns its address for `--portal`. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage): Promise<unknown> {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.url === "/api/nodes/policy") return null;
    if (request.url?.startsWith("/api/nodes/entitlements/"))
      return entitlement(this.deviceId, { secretSha256: sha256Hex(this.secret) });
    if (request.url === "/api/nodes/telemetry") {
      const { sessions }: TelemetryBatch = JSON.parse(body);
      for (const session of sessions) if (session.end !== null) this.ended.add(session.id);
      this.endedSessions = this.ended.size;
      return { reportEveryMs: this.reportEveryMs };
    }
    return {};
  }
}
