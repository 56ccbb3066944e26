import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SessionReport, TelemetryBatch } from "@/lib/contracts/telemetry";
import { getDatabase } from "@/lib/db/client";
import { gatherBatches } from "@/lib/proxy/spool/merge-batches";
import type { NodeActor } from "@/lib/services/actor";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { recordTelemetry } from "@/lib/services/record-telemetry";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { sessionOfPaths, telemetryBatch } from "@/tests/factories/telemetry";

const dayMs = 86_400_000;
const node: NodeActor = { kind: "node", id: "proxy-1", name: "Proxy", nodeKind: "proxy" };
/** Noon of three days ago, so that what is reported is neither to come nor too late. */
const zeroMs = Math.floor(Date.now() / dayMs - 3) * dayMs + dayMs / 2;
const minute = (n: number, second = 0): Date => new Date(zeroMs + n * 60_000 + second * 1000);
let database: TestDatabase;
let round = 0;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

async function forget(): Promise<void> {
  round += 1;
  await getDatabase().node.deleteMany();
  await getDatabase().classMinute.deleteMany();
  await getDatabase().whiteListMinute.deleteMany();
  await getDatabase().$executeRaw`TRUNCATE usage_ledger_minutes`;
  await ensureLocalNode({ id: node.id, name: node.name, kind: "proxy" });
}

const batch = (sequence: number, at: Date, ...sessions: SessionReport[]): TelemetryBatch =>
  telemetryBatch({ epoch: `ledger-${round}`, sequence, at, sessions });

async function send(...batches: TelemetryBatch[]): Promise<void> {
  for (const one of batches) await recordTelemetry(node, one);
}

const ledgerMinutes = () =>
  getDatabase().usageLedgerMinute.findMany({
    orderBy: [{ minute: "asc" }, { subscriberId: "asc" }, { access: "asc" }],
  });

it("the ledger is the same whether reports that waited come one by one or as one, whatever of them was known before", async () => {
  const step = fc.record({
    lte: fc.integer({ min: -1000, max: 1_000_000 }),
    wifi: fc.nat(1_000_000),
    seconds: fc.integer({ min: 1, max: 200 }),
    who: fc.constantFrom("a", "b"),
  });
  const classShares = () => getDatabase().classMinute.findMany({ orderBy: { minute: "asc" } });
  const listMinutes = () => getDatabase().whiteListMinute.findMany({ orderBy: { minute: "asc" } });
  const nodeMinutes = () => getDatabase().usageMinute.findMany({ orderBy: [{ minute: "asc" }, { access: "asc" }] });
  const found = async () => {
    const sessions = await getDatabase().session.findMany({
      select: { sessionId: true, uploadBytes: true, downloadBytes: true, ledgerFrom: true },
      orderBy: { sessionId: "asc" },
    });
    const [classes, lists, nodes] = [await classShares(), await listMinutes(), await nodeMinutes()];
    return { minutes: await ledgerMinutes(), classes, lists, nodes, sessions };
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), fc.nat(7), async (steps, known) => {
      const at = { seconds: 0 };
      const carried: Record<string, [number, number]> = { a: [0, 0], b: [0, 0] };
      const batches = steps.map(({ lte, wifi, seconds, who }, index) => {
        at.seconds += seconds;
        const [lteBefore, wifiBefore] = carried[who] ?? [0, 0];
        const now: [number, number] = [Math.max(0, lteBefore + lte), wifiBefore + wifi];
        carried[who] = now;
        const sum = Object.values(carried).reduce((all, one) => [all[0] + one[0], all[1] + one[1]]);
        return {
          ...batch(index + 1, minute(0, at.seconds), sessionOfPaths(who, ...now, { subscriberId: who })),
          totals: telemetryBatch({ sequence: 1, lte: { downloadBytes: sum[0] }, wifi: { downloadBytes: sum[1] } })
            .totals,
        };
      });
      const renamed = () => batches.map((one) => ({ ...one, epoch: `ledger-${round}` }));
      await forget();
      await send(...renamed());
      const oneByOne = await found();
      await forget();
      const again = renamed();
      // Some the portal has had, but its answer was lost: the process that came next gathers them once more.
      await send(...again.slice(0, known));
      const [first, ...others] = again;
      if (first === undefined) throw new Error("two steps at least");
      const gathered = others.reduce((before, after) => gatherBatches(before, after) ?? after, first);
      await send(gathered, gathered);
      expect(await found()).toEqual(oneByOne);
    }),
    { numRuns: 40 },
  );
});
