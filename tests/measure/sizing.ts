/**
 * `npm run measure -- sizing`: what one session, one report and one subscriber cost portal and database, measured with the
 * portal's own services on a PostgreSQL of its own, in seconds of CPU (so that other work on the machine does not matter
 * much), and what that makes of a country. Options: `--subscribers N` (10,000,000), `--nodes N` (200), `--quick`.
 */
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { TelemetryBatch } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import type { NodeActor } from "@/lib/services/actor";
import { enrolDevice } from "@/lib/services/enrol-device";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { followAgentPolicy } from "@/lib/services/follow-agent-policy";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { sleep } from "@/lib/shared/sleep";
import { startTestDatabase } from "../factories/database";
import { conclude, describeMachine } from "../factories/figures";
import { PolicyDesk } from "../factories/policy-desk";
import { signedIn } from "../factories/portal-call";
import { cpuSeconds } from "../factories/process-cost";
import { sessionReport, telemetryBatch } from "../factories/telemetry";

const { values } = parseArgs({
  options: {
    subscribers: { type: "string", default: "10000000" },
    nodes: { type: "string", default: "200" },
    quick: { type: "boolean", default: false },
  },
});
const subscribers = Number(values.subscribers);
const nodeCount = Number(values.nodes);
const sessionsPerBatch = 500;
const batches = values.quick ? 10 : 40;
const followerCount = values.quick ? 100 : 1000;

/** A busy hour, as assumed: change them for another country. */
const assumed = {
  /** Of the subscribers, with the agent running. */
  attachedShare: 0.3,
  /** Of the subscribers, with white-listed traffic at the same moment. */
  activeShare: 0.05,
  sessionsEach: 2,
  /** Mean bit rate of an active subscriber. */
  mbpsEach: 1.5,
  secondsBetweenSessions: 10,
};
/** Measured by other commands, here as given: `steering-cost` for busy sessions, `relay` for bytes. */
const perCore = { steeredSessions: 500 / 0.078, relayGigabytes: 1 / 0.36 };
/** How often nodes report while nobody watches, as the portal asks them to. */
const reportEverySeconds = 1;
/** Of portals and database, for reports of nodes without sessions. */
const goalCores = 4;

type Cost = { portalMs: number; databaseMs: number };

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
/** What is in use of the heap, garbage left out. */
function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const database = await startTestDatabase();
const cost = async (count: number, work: () => Promise<void>): Promise<Cost> => {
  const [own, server] = [process.cpuUsage(), cpuSeconds(database.server.pid)];
  await work();
  const spent = process.cpuUsage(own);
  const databaseMs = (cpuSeconds(database.server.pid) - server) * 1000;
  return { portalMs: (spent.user + spent.system) / 1000 / count, databaseMs: databaseMs / count };
};
const told = ({ portalMs, databaseMs }: Cost): string =>
  `${portalMs.toFixed(3)} ms of the portal and ${databaseMs.toFixed(3)} ms of the database`;
const sizeOf = async (table: string): Promise<number> => {
  const [row] = await getDatabase().$queryRawUnsafe<{ bytes: number }[]>(
    `SELECT (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c
       LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
       WHERE c.oid = '${table}'::regclass OR i.inhparent = '${table}'::regclass)::float8
     / greatest(1, (SELECT count(*) FROM ${table})) AS bytes`,
  );
  return row?.bytes ?? 0;
};

console.log(describeMachine());
try {
  await ensureLocalNode({ id: "sizing", name: "Sizing", kind: "proxy" });
  const node: NodeActor = { kind: "node", id: "sizing", name: "Sizing", nodeKind: "proxy" };
  const devices: string[] = [];
  for (let index = 0; index < followerCount; index += 1) {
    const deviceId = `sizing-${index}`;
    await enrolDevice({ deviceId, msisdn: `99911${String(index).padStart(6, "0")}`, serviceClassId: "gold" });
    devices.push(deviceId);
  }
  const rows = await getDatabase().device.findMany({ select: { id: true, subscriberId: true } });
  let heard = 0;
  const follow = (id: string): Promise<() => void> =>
    followAgentPolicy({
      device: { kind: "device", id },
      send: (event) => {
        if (event.type === "snapshot") heard += 1;
      },
      nodesFor: null,
      takesDemoRuns: false,
      recheck: () => {},
      close: () => {},
    });
  // Once before: what is loaded and compiled at first is no cost of a device.
  for (const id of devices.slice(0, 50)) (await follow(id))();
  const heapBefore = heapBytes();
  const stops: (() => void)[] = [];
  const opened = await cost(followerCount, async () => {
    for (const id of devices) stops.push(await follow(id));
  });
  const heapEach = (heapBytes() - heapBefore) / followerCount;
  const desk = new PolicyDesk({ cookie: (await signedIn("admin")).cookie });
  const published = await cost(followerCount, async () => {
    const before = heard;
    await desk.publishClass("gold", { totalRateKbps: 12_345 });
    for (let left = 600; heard < before + followerCount && left > 0; left -= 1) await sleep(50);
  });
  for (const stop of stops) stop();
  console.log(
    `a device's stream: ${told(opened)} to open, ${(heapEach / 1024).toFixed(1)} kB of heap (without its socket)`,
  );
  console.log(`telling one device of a published policy: ${told(published)}`);

  const startedAt = new Date(Date.now() - 60_000).toISOString();
  const batch = (sequence: number, isEnd: boolean): TelemetryBatch => {
    const sessions = Array.from({ length: sessionsPerBatch }, (_, index) => {
      const { id = "", subscriberId = "" } = rows[index % rows.length] ?? {};
      const report = sessionReport(`s${index}`, { deviceId: id, subscriberId, startedAt });
      const grown = sequence * 100_000;
      return {
        ...report,
        downloadBytes: 2 * grown,
        uploadBytes: 20,
        subflows: report.subflows.map((path) => ({ ...path, downloadBytes: grown })),
        end: isEnd ? { at: new Date().toISOString(), reason: "client-closed" } : null,
      };
    });
    const bytes = { downloadBytes: sequence * 100_000 * sessionsPerBatch };
    return telemetryBatch({ sequence, sessions, lte: bytes, wifi: bytes });
  };
  const first = batch(1, false);
  const begun = await cost(sessionsPerBatch, async () => void (await recordTelemetry(node, first)));
  const reports = Array.from({ length: batches }, (_, index) => batch(2 + index, false));
  const running = await cost(sessionsPerBatch * batches, async () => {
    for (const report of reports) await recordTelemetry(node, report);
  });
  const { totals } = batch(1 + batches, false);
  const idleReports = Array.from({ length: batches }, (_, index) => ({
    ...telemetryBatch({ sequence: 2 + batches + index }),
    totals,
  }));
  const idle = await cost(batches, async () => {
    for (const report of idleReports) await recordTelemetry(node, report);
  });
  const last = batch(2 + 2 * batches, true);
  const ended = await cost(sessionsPerBatch, async () => void (await recordTelemetry(node, last)));
  console.log(`a session's first report: ${told(begun)}; its last: ${told(ended)}`);
  console.log(`a report of a running session with two paths: ${told(running)}`);
  console.log(`a node's report without sessions: ${told(idle)}`);
  await getDatabase().$executeRaw`VACUUM (FULL, ANALYZE)`;
  const [perSession, perPath, perSample, perMinute, perSubscriber, perDevice] = (await Promise.all(
    ["sessions", "subflows", "session_samples", "usage_ledger_minutes", "subscribers", "devices"].map(sizeOf),
  )) as [number, number, number, number, number, number];
  console.log(
    `bytes a row with its indexes: session ${perSession.toFixed(0)}, path ${perPath.toFixed(0)}, sample ${perSample.toFixed(0)}, ledger minute ${perMinute.toFixed(0)}, subscriber ${perSubscriber.toFixed(0)}, device ${perDevice.toFixed(0)}`,
  );

  const active = subscribers * assumed.activeShare;
  const sessions = active * assumed.sessionsEach;
  const sessionsNode = sessions / nodeCount;
  const newPerSecond = active / assumed.secondsBetweenSessions;
  const gigabytesNode = (active * assumed.mbpsEach) / 8 / 1000 / nodeCount;
  const reportsPerSecond = sessions / reportEverySeconds;
  const cores = (perSecond: number, { portalMs, databaseMs }: Cost) => ({
    portal: (perSecond * portalMs) / 1000,
    database: (perSecond * databaseMs) / 1000,
  });
  const ofReports = cores(reportsPerSecond, running);
  const ofNew = cores(newPerSecond, {
    portalMs: begun.portalMs + ended.portalMs,
    databaseMs: begun.databaseMs + ended.databaseMs,
  });
  const attached = subscribers * assumed.attachedShare;
  const ofPublish = {
    portal: (attached * published.portalMs) / 1000,
    database: (attached * published.databaseMs) / 1000,
  };
  const gigabytesDay = (active * 2 * perMinute * 1440) / 1e9;
  console.log(
    `\n${subscribers.toLocaleString("en")} subscribers, ${nodeCount} nodes; assumed at the busy hour: ${JSON.stringify(assumed)}`,
  );
  console.log(
    `node: ${sessionsNode.toFixed(0)} sessions, ${(newPerSecond / nodeCount).toFixed(0)} new a second, ${(gigabytesNode * 8).toFixed(1)} Gbit/s; cores: ${(sessionsNode / perCore.steeredSessions).toFixed(2)} of steering (one thread), ${(gigabytesNode / perCore.relayGigabytes).toFixed(2)} of relaying`,
  );
  console.log(
    `reports every second: ${reportsPerSecond.toLocaleString("en")} session reports a second: ${ofReports.portal.toFixed(0)} cores of portals, ${ofReports.database.toFixed(0)} of the database; every 30 s: ${(ofReports.portal / 30).toFixed(1)} and ${(ofReports.database / 30).toFixed(1)}`,
  );
  console.log(
    `sessions that begin and end: ${newPerSecond.toLocaleString("en")} a second: ${ofNew.portal.toFixed(0)} cores of portals, ${ofNew.database.toFixed(0)} of the database`,
  );
  console.log(
    `streams of ${attached.toLocaleString("en")} devices: ${((attached * heapEach) / 1e9).toFixed(0)} GB of heap; a publish: ${ofPublish.portal.toFixed(0)} s of portals' CPU, ${ofPublish.database.toFixed(0)} s of the database's`,
  );
  console.log(
    `subscribers and devices: ${((subscribers * (perSubscriber + perDevice)) / 1e9).toFixed(1)} GB; ledger minutes of a day of busy hours: ${gigabytesDay.toFixed(0)} GB`,
  );
  const ofNodes = (nodeCount * (idle.portalMs + idle.databaseMs)) / 1000 / reportEverySeconds;
  const oneDatabase = 16;
  const most =
    (oneDatabase / ((running.databaseMs / 1000) * assumed.activeShare * assumed.sessionsEach)) * reportEverySeconds;
  conclude(
    "sizing",
    `first to break: session reports into one database; ${oneDatabase} cores of it carry ${Math.round(most).toLocaleString("en")} subscribers at one report a second`,
    `nodes' own reports take less than ${goalCores} cores: ${ofNodes.toFixed(1)}`,
    ofNodes < goalCores,
  );
} finally {
  await database.stop();
}
process.exit();
