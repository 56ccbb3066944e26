import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { type Entitlement, type PolicyAck, type PolicyEvent, policyAckSchema } from "@/lib/contracts/policy";
import { type TelemetryBatch, telemetryBatchSchema } from "@/lib/contracts/telemetry";

export type StartedPortalServer = {
  url: string;
  /** What devices may do; may be changed. */
  entitlements: Entitlement[];
  batches: TelemetryBatch[];
  acks: PolicyAck[];
  /** Last-Event-ID of each policy stream that was opened. */
  resumes: (string | null)[];
  /** How often a policy stream was opened. */
  streams: () => number;
  /** End the open policy streams. */
  endStreams: () => void;
  send: (event: PolicyEvent) => void;
  /** Suspend every device, and say so on the stream. */
  suspendAll: () => void;
  close: () => void;
};

/** The portal as nodes and agents see it: policy stream, entitlements, telemetry, over HTTP and by the contracts. */
export async function startPortalServer(entitlements: Entitlement[] = []): Promise<StartedPortalServer> {
  const batches: TelemetryBatch[] = [];
  const acks: PolicyAck[] = [];
  const resumes: (string | null)[] = [];
  const past: PolicyEvent[] = [];
  const streams: ServerResponse[] = [];
  const write = (response: ServerResponse, event: PolicyEvent): void => {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  };
  const server = createServer(async (request, response) => {
    const url = request.url ?? "";
    if (/\/policy(\?|$)/.test(url)) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      streams.push(response);
      resumes.push(request.headers["last-event-id"]?.toString() ?? null);
      for (const event of past) write(response, event);
      return;
    }
    if (url.endsWith("/policy-acks")) {
      acks.push(policyAckSchema.parse(await json(request)));
      response.writeHead(204).end();
      return;
    }
    const deviceId = /\/entitlements\/(.+)$/.exec(url)?.[1];
    if (deviceId === undefined) batches.push(telemetryBatchSchema.parse(await json(request)));
    const found = entitlements.find((known) => known.deviceId === deviceId);
    const answer = deviceId === undefined ? { reportEveryMs: 100 } : found;
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const send = (event: PolicyEvent): void => {
    // A node that connects is told its order as it is now, not all that it ever had.
    const before = event.type === "order" ? past.findIndex(({ type }) => type === "order") : -1;
    past.splice(before < 0 ? past.length : before, before < 0 ? 0 : 1, event);
    for (const stream of streams) if (!stream.writableEnded) write(stream, event);
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    entitlements,
    batches,
    acks,
    resumes,
    streams: () => streams.length,
    endStreams: () => {
      for (const stream of streams) stream.end();
    },
    send,
    suspendAll: () => {
      for (const known of entitlements) known.state = "suspended";
      send({ type: "revoke", deviceIds: entitlements.map(({ deviceId }) => deviceId) });
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
