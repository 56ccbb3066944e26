import type { Client } from "pg";
import { newSecret, sha256Hex } from "@/lib/shared/ids";
import { subscriberIdOf } from "./ledger-data";
import { sessionReport, telemetryBatch } from "./telemetry";

const sessionsInBatch = 5000;
/** Each with two paths, of a subscriber of its own: so many rows of the ledger. */
export const ledgerRowsInBatch = 2 * sessionsInBatch;

/** A node with 5,000 busy sessions, as the portal sees it: one report after the other, each with news of all of them. */
export class BatchSender {
  private sequence = 0;
  private readonly parts: string[];
  private readonly began = Date.now();

  private constructor(
    private readonly portalUrl: string,
    private readonly credential: string,
    first: number,
    private readonly startedAt: Date,
  ) {
    // Two counters of each session grow, the rest of the text stays as it is.
    const sessions = Array.from({ length: sessionsInBatch }, (_, n) => {
      const report = sessionReport(String(n), {
        subscriberId: subscriberIdOf(first + n),
        deviceId: `load-${first + n}`,
        startedAt: startedAt.toISOString(),
      });
      const subflows = report.subflows.map((path) => ({ ...path, downloadBytes: 777_777 }));
      return { ...report, downloadBytes: 888_888, subflows };
    });
    this.parts = JSON.stringify(sessions).split(/777777|888888/);
  }

  /** @param first the first of its subscribers */
  static async enrol(
    portalUrl: string,
    database: Client,
    { name, first, startedAt }: { name: string; first: number; startedAt: Date },
  ): Promise<BatchSender> {
    const secret = newSecret();
    await database.query(
      `INSERT INTO nodes (id, name, kind, secret_sha256) VALUES ($1, $1, 'proxy', $2)
       ON CONFLICT (id) DO UPDATE SET secret_sha256 = excluded.secret_sha256`,
      [name, sha256Hex(secret)],
    );
    return new BatchSender(portalUrl, `${name}.${secret}`, first, startedAt);
  }

  /** Deliver the next report, of this moment. Errors: Error with the portal's answer. */
  async send(at: Date): Promise<void> {
    this.sequence += 1;
    // Whole: session, LTE, WiFi, and so on.
    const bytes = 1000 * this.sequence;
    const sessions = this.parts.reduce((text, part, n) => text + (n % 3 === 1 ? 2 * bytes : bytes) + part);
    const downloadBytes = bytes * sessionsInBatch;
    const { sessions: _none, ...batch } = telemetryBatch({
      epoch: `measure-${this.began}`,
      sequence: this.sequence,
      at,
      startedAt: this.startedAt,
      lte: { downloadBytes },
      wifi: { downloadBytes },
    });
    const answer = await fetch(`${this.portalUrl}/api/nodes/telemetry`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${this.credential}` },
      body: `${JSON.stringify(batch).slice(0, -1)},"sessions":${sessions}}`,
    });
    if (!answer.ok) throw new Error(`telemetry: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}
