import type { TelemetryBatch, TelemetryReply } from "@/lib/contracts/telemetry";
import { getDatabase, type TelemetryEpoch, type Transaction } from "@/lib/db/client";
import type { NodeActor } from "./actor";
import { addPolicyMinutes } from "./add-policy-minutes";
import { bookUsage, hourOf, ledgerMinute } from "./book-usage";
import { countQuota } from "./count-quota";
import { liveNews } from "./live-news";
import { noteDevicesSeen } from "./note-devices-seen";
import { policyHub } from "./policy-hub";
import { recordIdleReport } from "./record-idle-report";
import { noteReportGap } from "./report-gaps";
import { sampleKeeper } from "./sample-keeper";
import { storeEarlier } from "./store-earlier";
import { storePathEvents } from "./store-path-events";
import { storeRuleHits } from "./store-rule-hits";
import { storeSessionSamples } from "./store-session-samples";
import { endLeftSessions, lastReports, storeSessions } from "./store-sessions";
import { storeSubflows } from "./store-subflows";
import { type BatchSource, silenceMs } from "./telemetry-source";
import { readUnattributed } from "./unattributed-bytes";
import { accesses, highestTotals, type Totals, totalsDelta, zeroTotals } from "./usage-delta";
import { ensureUsageDay } from "./usage-partitions";

const minuteMs = 60_000;
/** A batch that did not get through would come again, and would not then either. */
const recordTimeoutMs = 60_000;

function knownTotals(epoch: TelemetryEpoch | null): Totals {
  if (epoch === null) return zeroTotals;
  return {
    lte: { uploadBytes: Number(epoch.lteUploadBytes), downloadBytes: Number(epoch.lteDownloadBytes) },
    wifi: { uploadBytes: Number(epoch.wifiUploadBytes), downloadBytes: Number(epoch.wifiDownloadBytes) },
    other: { uploadBytes: Number(epoch.otherUploadBytes), downloadBytes: Number(epoch.otherDownloadBytes) },
  };
}

function totalsColumns(totals: Totals) {
  return {
    lteUploadBytes: BigInt(totals.lte.uploadBytes),
    lteDownloadBytes: BigInt(totals.lte.downloadBytes),
    wifiUploadBytes: BigInt(totals.wifi.uploadBytes),
    wifiDownloadBytes: BigInt(totals.wifi.downloadBytes),
    otherUploadBytes: BigInt(totals.other.uploadBytes),
    otherDownloadBytes: BigInt(totals.other.downloadBytes),
  };
}

/** What the node's totals grew, by the minutes of the batch and of the reports that it took in. @returns the totals now */
async function addUsage(
  transaction: Transaction,
  nodeId: string,
  known: Totals,
  told: readonly { at: string; totals: Totals }[],
): Promise<Totals> {
  let most = known;
  const rows = told.flatMap(({ at, totals }) => {
    const before = most;
    most = highestTotals(before, totals);
    const delta = totalsDelta(before, most);
    const minute = new Date(Math.floor(Math.min(Date.parse(at), Date.now()) / minuteMs) * minuteMs);
    return accesses.map((access) => ({ minute, access, ...delta[access] }));
  });
  await transaction.$executeRaw`
    INSERT INTO usage_minutes (minute, node_id, access, upload_bytes, download_bytes)
    SELECT row."minute", ${nodeId}, row."access"::access_kind, sum(row."uploadBytes"), sum(row."downloadBytes")
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS row("minute" timestamptz, "access" text, "uploadBytes" bigint, "downloadBytes" bigint)
    GROUP BY 1, 3
    ON CONFLICT (minute, node_id, access) DO UPDATE SET
      upload_bytes = usage_minutes.upload_bytes + excluded.upload_bytes,
      download_bytes = usage_minutes.download_bytes + excluded.download_bytes`;
  return most;
}

type NodeRow = { epoch: string | null; lastSeenAt: Date | null; starts: number };

/**
 * Whether the batch comes from the node's running process. Of two processes it is the one started later; but one that
 * speaks while the other is silent is running, whatever its clock says. One that retires is not: it takes no sessions.
 */
async function isRunningProcess(
  transaction: Transaction,
  nodeId: string,
  node: NodeRow,
  batch: TelemetryBatch,
): Promise<boolean> {
  if (batch.node.state === "retiring") return false;
  if (node.epoch === null || node.epoch === batch.epoch) return true;
  if (Date.now() - (node.lastSeenAt?.getTime() ?? 0) > silenceMs) return true;
  const current = await transaction.telemetryEpoch.findUnique({
    where: { nodeId_epoch: { nodeId, epoch: node.epoch } },
  });
  return current === null || Date.parse(batch.node.startedAt) >= current.startedAt.getTime();
}

async function updateNode(
  transaction: Transaction,
  nodeId: string,
  batch: TelemetryBatch,
  isNewEpoch: boolean,
): Promise<Recorded> {
  const node = await transaction.node.findUniqueOrThrow({ where: { id: nodeId } });
  const isCurrent = await isRunningProcess(transaction, nodeId, node, batch);
  const epoch = isCurrent ? batch.epoch : node.epoch;
  if (isNewEpoch && batch.succeeds !== null) await noteRetiring(transaction, nodeId, batch.succeeds);
  const hasSilent = await forgetSilentProcesses(transaction, nodeId);
  if (epoch !== null && (isNewEpoch || !isCurrent || hasSilent))
    await endLeftSessions(transaction, { nodeId, epoch }, new Date(batch.at));
  const starts = node.starts + (isNewEpoch ? 1 : 0);
  const news = isCurrent ? { lastSeenAt: new Date(), epoch: batch.epoch, status: batch.node } : {};
  await transaction.node.update({ where: { id: nodeId }, data: { starts, ...news } });
  return { starts, isCurrent };
}

type Recorded = { starts: number; isCurrent: boolean };

/** The process of this epoch was taken over from: it may report on beside its successor. */
async function noteRetiring(transaction: Transaction, nodeId: string, epoch: string): Promise<void> {
  await transaction.telemetryEpoch.updateMany({
    where: { nodeId, epoch },
    data: { isRetiring: true, heardAt: new Date() },
  });
}

/** A process that retires and falls silent is gone. @returns whether there was one */
async function forgetSilentProcesses(transaction: Transaction, nodeId: string): Promise<boolean> {
  const silent = { nodeId, isRetiring: true, heardAt: { lt: new Date(Date.now() - silenceMs) } };
  const { count } = await transaction.telemetryEpoch.updateMany({ where: silent, data: { isRetiring: false } });
  return count > 0;
}

/** Everything that a batch says of sessions, a statement for each table. */
async function recordSessions(
  transaction: Transaction,
  source: BatchSource,
  reports: TelemetryBatch["sessions"],
): Promise<void> {
  if (reports.length === 0) return;
  const sessions = lastReports(reports);
  await storeSessions(transaction, source, sessions, await readUnattributed(transaction, source, sessions));
  await storeEarlier(transaction, source, sessions);
  await storeSubflows(transaction);
  await storeSessionSamples(transaction);
  await bookUsage(transaction, hourOf(source.minute));
  await addPolicyMinutes(transaction);
  await countQuota(transaction, { nodeId: source.nodeId, at: new Date(source.atMs) });
  // Of a session named twice in the batch the events of both.
  await storePathEvents(transaction, source, reports);
  await noteDevicesSeen(
    transaction,
    sessions.map(({ deviceId }) => deviceId),
  );
}

/** @returns null for a batch that was recorded before */
async function record(
  transaction: Transaction,
  nodeId: string,
  batch: TelemetryBatch,
  minute: Date,
): Promise<Recorded | null> {
  // One batch of a node at a time: the row is the lock.
  await transaction.$executeRaw`SELECT 1 FROM nodes WHERE id = ${nodeId} FOR UPDATE`;
  const key = { nodeId_epoch: { nodeId, epoch: batch.epoch } };
  const known = await transaction.telemetryEpoch.findUnique({ where: key });
  if (known !== null && batch.sequence <= known.lastSequence) return null;
  const at = new Date(Math.min(Date.parse(batch.at), Date.now()));
  const totals = await addUsage(transaction, nodeId, knownTotals(known), [...batch.earlier, batch]);
  const isRetiring = batch.node.state === "retiring";
  const heard = { isRetiring, heardAt: new Date() };
  const columns = { lastSequence: batch.sequence, lastAt: at, ...heard, ...totalsColumns(totals) };
  await transaction.telemetryEpoch.upsert({
    where: key,
    create: { nodeId, epoch: batch.epoch, startedAt: new Date(batch.node.startedAt), ...columns },
    update: columns,
  });
  const sinceMs = known?.lastAt.getTime() ?? null;
  const earlierMinutes = batch.earlier.map((report) => ledgerMinute(new Date(report.at)));
  const source = { nodeId, epoch: batch.epoch, isRetiring, sinceMs, atMs: at.getTime(), minute, earlierMinutes };
  await noteReportGap(transaction, source);
  await recordSessions(transaction, source, batch.sessions);
  await storeRuleHits(transaction, batch.ruleHits);
  return updateNode(transaction, nodeId, batch, known === null);
}

async function recordBatch(nodeId: string, batch: TelemetryBatch): Promise<Recorded | null> {
  const idle = await recordIdleReport(nodeId, batch);
  if (idle !== null) return { ...idle, isCurrent: true };
  const minute = ledgerMinute(new Date(batch.at));
  await ensureUsageDay(minute);
  return getDatabase().$transaction((transaction) => record(transaction, nodeId, batch, minute), {
    timeout: recordTimeoutMs,
  });
}

/**
 * Take a node's report: its sessions, its state, and to the usage ledger exactly the bytes since its last report. A
 * batch seen before changes nothing; after a gap the next batch brings what the lost ones had, for counters are
 * cumulative. One that goes back takes nothing away: what is beyond the most it ever said counts, once.
 */
export async function recordTelemetry(node: NodeActor, batch: TelemetryBatch): Promise<TelemetryReply> {
  const live = await liveNews();
  // A portal that was started anew looks after a trial from the first report on.
  policyHub();
  sampleKeeper();
  const recorded = await recordBatch(node.id, batch);
  const isNow = recorded?.isCurrent === true && !batch.isLate;
  if (recorded !== null && (isNow || batch.node.state === "retiring"))
    await live.record({ id: node.id, name: node.name, starts: recorded.starts }, batch);
  return { reportEveryMs: live.reportEveryMs() };
}
