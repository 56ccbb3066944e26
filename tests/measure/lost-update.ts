/**
 * `npm run measure -- lost-update`: two operators edit the policy at once, the same item and different ones, and add
 * rules to one list: what of their changes is missing afterwards. A publish while the node is stopped, and one while it
 * is dead: how long it takes to catch up. A rollback: whether its content is the old one byte for byte.
 */
import * as z from "zod";
import { serviceClassSchema } from "@/lib/contracts/policy";
import {
  draftSchema,
  draftServiceClassListSchema,
  policyVersionSchema,
  ruleListSchema,
} from "@/lib/contracts/policy-admin";
import { problemSchema } from "@/lib/contracts/portal";
import { canonicalJson } from "@/lib/shared/canonical-json";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { SignedInStaff, type StartedDemo, startDemo } from "../factories/started-demo";

const rounds = 50;
const absences = 5;
const goalMs = 5000;
const nodeId = "testbed-proxy";
const listId = "debian";

async function readClass(staff: SignedInStaff, id: string) {
  const { items } = draftServiceClassListSchema.parse(await staff.call("GET", "/api/policy/draft/service-classes"));
  const found = items.find(({ item }) => item.id === id);
  if (found === undefined) throw new Error(`no class ${id}`);
  return found;
}

type Read = Awaited<ReturnType<typeof readClass>>;

/** Writes a field on top of what was read. @returns null, or what was there with 412 */
async function writeField(staff: SignedInStaff, { item, etag }: Pick<Read, "item" | "etag">, change: object) {
  const response = await staff.fetch(`/api/policy/draft/service-classes/${item.id}`, {
    method: "PUT",
    headers: { "content-type": "application/json", "if-match": `"${etag}"` },
    body: JSON.stringify({ ...item, ...change }),
  });
  if (response.ok) return null;
  const problem = problemSchema.parse(await response.json());
  if (problem.status !== 412 || problem.current === undefined) throw new Error(`PUT: ${problem.detail}`);
  return { etag: problem.current.etag, item: serviceClassSchema.parse(problem.current.item) };
}

/** Writes until it is taken, each time on top of what is there: what a page does after 412. @returns refusals */
async function writeInTheEnd(staff: SignedInStaff, read: Pick<Read, "item" | "etag">, change: object): Promise<number> {
  let refusals = 0;
  for (let at: Pick<Read, "item" | "etag"> | null = read; at !== null; refusals += at === null ? 0 : 1)
    at = await writeField(staff, at, change);
  return refusals;
}

async function editSameItem(anna: SignedInStaff, bert: SignedInStaff, round: number) {
  const [one, two] = await Promise.all([readClass(anna, "gold"), readClass(bert, "gold")]);
  const values = { lteRateKbps: 1000 + round, totalRateKbps: 9000 + round };
  const refusals = await Promise.all([
    writeInTheEnd(anna, one, { lteRateKbps: values.lteRateKbps }),
    writeInTheEnd(bert, two, { totalRateKbps: values.totalRateKbps }),
  ]);
  const { item } = await readClass(anna, "gold");
  const kept = [item.lteRateKbps === values.lteRateKbps, item.totalRateKbps === values.totalRateKbps];
  return { lost: kept.filter((isKept) => !isKept).length, refused: refusals.reduce((sum, count) => sum + count, 0) };
}

async function editDifferentItems(anna: SignedInStaff, bert: SignedInStaff, round: number) {
  const [gold, bronze] = await Promise.all([readClass(anna, "gold"), readClass(bert, "bronze")]);
  const rate = 20_000 + round;
  const refused = await Promise.all([
    writeField(anna, gold, { totalRateKbps: rate }),
    writeField(bert, bronze, { totalRateKbps: rate }),
  ]);
  const after = await Promise.all([readClass(bert, "gold"), readClass(anna, "bronze")]);
  return {
    lost: after.filter(({ item }) => item.totalRateKbps !== rate).length,
    refused: refused.filter((conflict) => conflict !== null).length,
  };
}

async function addRulesAtOnce(anna: SignedInStaff, bert: SignedInStaff, round: number): Promise<void> {
  const add = (who: string) => ({
    add: [{ kind: "host", value: `${who}-${round}.example.com`, ports: [] }],
    remove: [],
  });
  const path = `/api/policy/draft/white-lists/${listId}/rules`;
  await Promise.all([anna.call("POST", path, add("anna")), bert.call("POST", path, add("bert"))]);
}

async function publish(staff: SignedInStaff, lteSharePercent: number): Promise<number> {
  const read = await readClass(staff, "silver");
  await writeInTheEnd(staff, read, { lteSharePercent });
  const { etag } = draftSchema.parse(await staff.call("GET", "/api/policy/draft"));
  const body = { reason: "a measure", scope: { kind: "everyone" } };
  const answer = await staff.call("POST", "/api/policy/publish", body, { "if-match": `"${etag}"` });
  return policyVersionSchema.parse(answer).version;
}

async function ackOf(staff: SignedInStaff, version: number): Promise<string> {
  const { acks } = policyVersionSchema.parse(await staff.call("GET", `/api/policy/versions/${version}`));
  return acks.find((ack) => ack.nodeId === nodeId)?.state ?? "unknown";
}

async function untilApplied(staff: SignedInStaff, version: number): Promise<number> {
  const began = performance.now();
  while ((await ackOf(staff, version)) !== "applied") {
    if (performance.now() - began > 60_000) throw new Error(`version ${version} was not applied in a minute`);
    await sleep(20);
  }
  return performance.now() - began;
}

/** The node is frozen for 3 s while a version is published. @returns ms from its waking until it has the version */
async function publishWhileStopped(demo: StartedDemo, staff: SignedInStaff, share: number): Promise<number> {
  const pid = await demo.pidOf("testbed-proxy");
  process.kill(pid, "SIGSTOP");
  try {
    const version = await publish(staff, share);
    await sleep(3000);
    const state = await ackOf(staff, version);
    if (state === "applied") throw new Error("a stopped node cannot have applied it");
    process.kill(pid, "SIGCONT");
    return await untilApplied(staff, version);
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

/** The node is killed and a version published at once. @returns ms from the kill until the new process has it */
async function publishWhileDead(demo: StartedDemo, staff: SignedInStaff, share: number): Promise<number> {
  const began = performance.now();
  process.kill(await demo.pidOf("testbed-proxy"), "SIGKILL");
  const version = await publish(staff, share);
  await untilApplied(staff, version);
  return performance.now() - began;
}

async function contentOf(staff: SignedInStaff, version: number): Promise<string> {
  const answer = await staff.call("GET", `/api/policy/versions/${version}`);
  const { snapshot } = z.object({ snapshot: z.record(z.string(), z.unknown()) }).parse(answer);
  const { version: _version, publishedAt: _publishedAt, ...content } = snapshot;
  return canonicalJson(content);
}

const inMs = (values: number[]): string =>
  `median ${median(values).toFixed(0)} ms, worst ${Math.max(...values).toFixed(0)} ms, ${values.length} runs`;

console.log(describeMachine());
const demo = await startDemo();
try {
  const anna = await SignedInStaff.byLink(demo);
  const bert = await SignedInStaff.again(demo);
  const first = draftSchema.parse(await anna.call("GET", "/api/policy/draft")).baseVersion;
  const before = await contentOf(anna, first);
  let [lost, refused] = [0, 0];
  for (const edit of [editSameItem, editDifferentItems]) {
    const sums = { lost: 0, refused: 0 };
    for (let round = 1; round <= rounds; round += 1) {
      const outcome = await edit(anna, bert, round);
      sums.lost += outcome.lost;
      sums.refused += outcome.refused;
    }
    console.log(`${edit.name}: ${rounds} rounds, ${sums.lost} changes lost, ${sums.refused} writes refused with 412`);
    lost += sums.lost;
    refused += sums.refused;
  }
  for (let round = 1; round <= rounds; round += 1) await addRulesAtOnce(anna, bert, round);
  const query = "search=.example.com&limit=1";
  const rules = ruleListSchema.parse(await anna.call("GET", `/api/policy/draft/white-lists/${listId}/rules?${query}`));
  console.log(`addRulesAtOnce: ${rounds} rounds, ${2 * rounds - rules.total} rules lost`);
  lost += 2 * rounds - rules.total;

  const [stopped, dead]: [number[], number[]] = [[], []];
  for (let run = 1; run <= absences; run += 1) {
    await sleep(2000);
    stopped.push(await publishWhileStopped(demo, anna, 20 + run));
    await sleep(4000);
    dead.push(await publishWhileDead(demo, bert, 40 + run));
  }
  console.log(`publish while the node is stopped: it has the version ${inMs(stopped)} after it goes on`);
  console.log(`publish while the node is dead: the new process has it ${inMs(dead)} after the kill`);

  const reason = { reason: "a measure" };
  const back = policyVersionSchema.parse(await anna.call("POST", `/api/policy/versions/${first}/rollback`, reason));
  const isExact = (await contentOf(bert, back.version)) === before;
  console.log(
    `rollback to version ${first}: ${before.length} bytes, ${isExact ? "equal" : "NOT equal"} in version ${back.version}`,
  );
  const worst = Math.max(...stopped, ...dead);
  conclude(
    "lost-update",
    `${lost} of ${6 * rounds} changes by two operators at once lost (${refused} writes refused with 412 and merged); a node that was away caught up in at most ${worst.toFixed(0)} ms; rollback ${isExact ? "equal" : "not equal"} byte for byte`,
    `0 lost, caught up < ${goalMs} ms, equal`,
    lost === 0 && isExact && worst < goalMs,
  );
} finally {
  await demo.stop();
}
