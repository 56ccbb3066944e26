import type { Client } from "pg";
import type { TelemetryBatch } from "@/lib/contracts/telemetry";
import { gatherBatches } from "@/lib/proxy/spool/merge-batches";
import { newSecret, sha256Hex } from "@/lib/shared/ids";
import { subscriberIdOf } from "./ledger-data";
import { sessionReport, telemetryBatch } from "./telemetry";

const sessionsInBatch = 5000;
/** So many minutes of them go into one batch of a node that was cut off. */
export const gatheredMinutes = 6;
/** Each session with two paths, of a subscriber of its own: so many rows of the ledger a minute. */
export const ledgerRowsInMinute = 2 * sessionsInBatch;
const minuteMs = 60_000;
const bytesInReport = 1000;
/** Stand for the counters of a report in the text: a path's, and a session's of both paths. */
const pathMark = 777_777_000;
const sessionMark = 888_888_000;
const marks = /(?:777777|888888)\d{3}/g;

type Range = { first: number; startedAt: Date };

function reportOf(number: number, { first, startedAt }: Range): TelemetryBatch {
  const sessions = Array.from({ length: sessionsInBatch }, (_, n) => {
    const report = sessionReport(String(n), {
      subscriberId: subscriberIdOf(first + n),
      deviceId: `load-${first + n}`,
      startedAt: startedAt.toISOString(),
    });
    const subflows = report.subflows.map((path) => ({ ...path, downloadBytes: pathMark + number }));
    return { ...report, downloadBytes: sessionMark + number, subflows };
  });
  return telemetryBatch({ sequence: 1, at: new Date(number), sessions });
}

/** The sessions of a batch as text, without the counters that grow, and which these are. */
type Template = { parts: string[]; counters: { number: number; paths: number }[] };

function templateOf({ sessions }: TelemetryBatch): Template {
  const text = JSON.stringify(sessions);
  const counters = (text.match(marks) ?? []).map((mark) => ({
    number: Number(mark) % 1000,
    paths: Number(mark) < sessionMark ? 1 : 2,
  }));
  return { parts: text.split(marks), counters };
}

/** A node with 5,000 busy sessions, as the portal sees it: one report after the other, each with news of all of them. */
export class BatchSender {
  private reports = 0;
  private readonly one: Template;
  private readonly gathered: Template;
  private readonly began = Date.now();

  private constructor(
    private readonly portalUrl: string,
    private readonly credential: string,
    private readonly range: Range,
  ) {
    const [first, ...others] = Array.from({ length: gatheredMinutes }, (_, number) => reportOf(number, range));
    if (first === undefined) throw new Error("no report");
    this.one = templateOf(first);
    const all = others.reduce<TelemetryBatch | null>((before, after) => before && gatherBatches(before, after), first);
    if (all === null) throw new Error(`a batch does not hold ${gatheredMinutes} minutes`);
    this.gathered = templateOf(all);
  }

  /** @param first the first of its subscribers */
  static async enrol(
    portalUrl: string,
    database: Client,
    { name, ...range }: { name: string } & Range,
  ): Promise<BatchSender> {
    const secret = newSecret();
    await database.query(
      `INSERT INTO nodes (id, name, kind, secret_sha256) VALUES ($1, $1, 'proxy', $2)
       ON CONFLICT (id) DO UPDATE SET secret_sha256 = excluded.secret_sha256`,
      [name, sha256Hex(secret)],
    );
    return new BatchSender(portalUrl, `${name}.${secret}`, range);
  }

  /** Deliver the next report, of this moment. Errors: Error with the portal's answer. */
  send(at: Date): Promise<void> {
    return this.deliver(this.one, [at]);
  }

  /** Deliver the next `gatheredMinutes` reports as one batch, the first of this moment. Errors: as of `send`. */
  sendGathered(from: Date): Promise<void> {
    const moments = Array.from({ length: gatheredMinutes }, (_, n) => new Date(from.getTime() + n * minuteMs));
    return this.deliver(this.gathered, moments);
  }

  private async deliver({ parts, counters }: Template, moments: readonly Date[]): Promise<void> {
    const before = this.reports;
    this.reports += moments.length;
    const bytes = (number: number): number => bytesInReport * (before + number + 1);
    const sessions = parts.reduce((text, part, n) => {
      const counter = counters[n - 1];
      return counter === undefined ? text + part : `${text}${counter.paths * bytes(counter.number)}${part}`;
    }, "");
    const reports = moments.map((at, number) => {
      const downloadBytes = bytes(number) * sessionsInBatch;
      return telemetryBatch({
        epoch: `measure-${this.began}`,
        sequence: this.reports,
        at,
        startedAt: this.range.startedAt,
        lte: { downloadBytes },
        wifi: { downloadBytes },
      });
    });
    const earlier = reports.slice(0, -1).map(({ at, totals }) => ({ at, totals }));
    const { sessions: _none, ...batch } = { ...reports.at(-1), earlier };
    const answer = await fetch(`${this.portalUrl}/api/nodes/telemetry`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${this.credential}` },
      body: `${JSON.stringify(batch).slice(0, -1)},"sessions":${sessions}}`,
    });
    if (!answer.ok) throw new Error(`telemetry: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}
