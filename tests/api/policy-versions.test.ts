import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { GET as agentPolicy } from "@/app/api/agents/policy/route";
import { GET as nodePolicy } from "@/app/api/nodes/policy/route";
import { POST as ack } from "@/app/api/nodes/policy-acks/route";
import {
  type PolicyAck,
  type PolicyEvent,
  type PolicySnapshot,
  policyEventSchema,
  policySnapshotSchema,
} from "@/lib/contracts/policy";
import type { NodeAck } from "@/lib/contracts/policy-admin";
import { verifyAuditChain } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { applyDelta, isInCanary } from "@/lib/policy";
import { CanaryWatch } from "@/lib/services/canary-watch";
import { enrolDevice } from "@/lib/services/enrol-device";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { ensureTestbedPolicy } from "@/lib/services/ensure-testbed-policy";
import { PolicyHub } from "@/lib/services/policy-hub";
import { readPolicyState } from "@/lib/services/policy-state";
import { canonicalJson } from "@/lib/shared/canonical-json";
import { sha256Hex } from "@/lib/shared/ids";
import { sleep } from "@/lib/shared/sleep";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { PolicyDesk } from "@/tests/factories/policy-desk";
import { callRoute, type OpenStream, openStream, signedIn } from "@/tests/factories/portal-call";

let database: TestDatabase;
let desk: PolicyDesk;
let other: PolicyDesk;
const nodes = new Map<string, { authorization: string }>();
const open: OpenStream[] = [];

const refusal = (code: string) => ({ problem: { code, status: 409 } });
const headersOf = (node: string) => nodes.get(node) ?? { authorization: "" };
/** What the stream says of policy; it also brings the node's orders. */
const eventsOf = (stream: OpenStream): PolicyEvent[] =>
  stream.events.map(({ data }) => policyEventSchema.parse(data)).filter(({ type }) => type !== "order");

async function follow(node: string, lastVersion?: number): Promise<OpenStream> {
  const from = lastVersion === undefined ? {} : { "last-event-id": String(lastVersion) };
  const stream = await openStream(nodePolicy, { headers: { ...headersOf(node), ...from } });
  open.push(stream);
  return stream;
}

async function followAs(deviceId: string, secret: string): Promise<OpenStream> {
  const stream = await openStream(agentPolicy, { headers: { authorization: `Bearer ${deviceId}.${secret}` } });
  open.push(stream);
  return stream;
}

/** Waits for the version to come as the stream's main policy. */
function main(stream: OpenStream, version: number) {
  return stream.next(({ type, id }) => (type === "snapshot" || type === "delta") && id === String(version));
}

async function answer(node: string, version: number, failure: string | null = null): Promise<number> {
  const body: PolicyAck = { version, isApplied: failure === null, reason: failure };
  return (await callRoute(ack, { headers: headersOf(node), body })).status;
}

const statesOf = (acks: NodeAck[]): Record<string, string> =>
  Object.fromEntries(acks.map(({ nodeId, state }) => [nodeId, state]));
const contentOf = ({ version: _version, publishedAt: _publishedAt, ...content }: PolicySnapshot): string =>
  canonicalJson(content);

async function storedContent(version: number): Promise<string> {
  const { snapshot } = await getDatabase().policyVersion.findUniqueOrThrow({ where: { version } });
  const { version: _version, publishedAt: _publishedAt, ...content } = snapshot as Record<string, unknown>;
  return canonicalJson(content);
}

async function untilEnded(version: number): Promise<void> {
  for (const deadline = Date.now() + 25_000; Date.now() < deadline; await sleep(50))
    if ((await desk.version(version)).state !== "trial") return;
  throw new Error(`the trial of ${version} goes on`);
}

beforeAll(async () => {
  database = await startTestDatabase();
  desk = new PolicyDesk(await signedIn("operator"));
  other = new PolicyDesk(await signedIn("admin"));
  for (const id of ["proxy-1", "proxy-2"]) {
    const { credential } = await ensureLocalNode({ id, name: id, kind: "proxy" });
    nodes.set(id, { authorization: `Bearer ${credential}` });
  }
});
afterAll(() => database.stop());
afterEach(async () => {
  for (const stream of open.splice(0)) stream.close();
  if ((await desk.draft()).canary !== null) await desk.revert();
  await desk.discard(null);
});

describe("publishing", () => {
  it("makes the next version, empties the draft, is audited and reaches a connected node", async () => {
    const stream = await follow("proxy-1");
    const { baseVersion } = await desk.draft();
    await main(stream, baseVersion);
    // How soon it does is told by the measure policy-latency, on a machine that has nothing else to do.
    const published = await desk.publishClass("silver", { lteSharePercent: 10 });
    await main(stream, baseVersion + 1);
    expect(published).toMatchObject({
      version: baseVersion + 1,
      kind: "publish",
      state: "in-force",
      scope: { kind: "everyone" },
      publishedBy: "A operator",
      reason: "a test",
    });
    expect(await desk.draft()).toMatchObject({ baseVersion: baseVersion + 1, changes: [] });
    const audit = await getDatabase().auditEntry.findFirstOrThrow({ orderBy: { id: "desc" } });
    expect(audit).toMatchObject({ action: "policy.publish", target: `policy:${baseVersion + 1}`, reason: "a test" });
    await expect(desk.publish()).rejects.toMatchObject(refusal("POLICY_NO_CHANGES"));
  });

  it("of two at once happens once, and the other is told of the draft as it is", async () => {
    const { item, etag } = await desk.serviceClass("gold");
    await desk.putClass({ ...item, totalRateKbps: 9000 }, { etag });
    const draft = await desk.draft();
    const tries = await Promise.allSettled([desk, other].map((who) => who.publish({ etag: draft.etag })));
    expect(tries.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(tries.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { problem: { status: 412, current: { item: { baseVersion: draft.baseVersion + 1, changes: [] } } } },
    });
    const [newest] = (await desk.versions("limit=1")).items;
    expect(newest?.version).toBe(draft.baseVersion + 1);
  });

  it("keeps what somebody changes in the draft meanwhile", async () => {
    for (let round = 0; round < 5; round += 1) {
      const gold = await desk.serviceClass("gold");
      await desk.putClass({ ...gold.item, totalRateKbps: 5000 + round }, gold);
      const bronze = await other.serviceClass("bronze");
      const { etag } = await desk.draft();
      const change = other.putClass({ ...bronze.item, totalRateKbps: 7000 + round }, bronze);
      await Promise.allSettled([desk.publish({ etag }), change]);
      expect((await desk.serviceClass("bronze")).item.totalRateKbps).toBe(7000 + round);
      if ((await desk.draft()).changes.length > 0) await desk.publish();
    }
  });

  it("stops at errors", async () => {
    await desk.editRules("debian", { add: [{ kind: "cidr", value: "10.0.0.0/99", ports: [] }] });
    await expect(desk.publish()).rejects.toMatchObject(refusal("POLICY_HAS_ERRORS"));
    const unknown = { kind: "nodes" as const, nodeIds: ["nobody"] };
    await expect(desk.publish({ scope: unknown })).rejects.toMatchObject({ problem: { code: "NODE_UNKNOWN" } });
  });

  it("is undone exactly by a rollback", async () => {
    const before = (await desk.draft()).baseVersion;
    await desk.editRules("youtube", { add: [{ kind: "cidr", value: "192.0.2.0/24", ports: [{ from: 1, to: 9 }] }] });
    const after = await desk.publish();
    expect(await storedContent(after.version)).not.toBe(await storedContent(before));
    const back = await desk.rollBack(before);
    expect(back).toMatchObject({ kind: "rollback", sourceVersion: before, state: "in-force" });
    expect(await storedContent(back.version)).toBe(await storedContent(before));
    expect(contentOf((await desk.version(back.version)).snapshot)).toBe(
      contentOf((await desk.version(before)).snapshot),
    );
    expect((await desk.versionDiff(back.version, before)).items).toEqual([]);
    expect((await desk.versionDiff(after.version, before)).items).toMatchObject([{ id: "youtube", rulesAdded: 1 }]);
    await expect(desk.rollBack(back.version)).rejects.toMatchObject(refusal("POLICY_IN_FORCE"));
    await expect(desk.rollBack(4000)).rejects.toMatchObject({ problem: { code: "POLICY_VERSION_UNKNOWN" } });
  });

  it("also copies a version of an older product as it is stored", async () => {
    const { baseVersion } = await desk.draft();
    const { snapshot } = await getDatabase().policyVersion.findUniqueOrThrow({ where: { version: baseVersion } });
    const old = { ...(snapshot as Record<string, object>), whiteLists: [{ id: "old", name: "Old", rules: [] }] };
    const version = baseVersion + 1;
    const about = { reason: "an old one", publishedAt: new Date(), publishedBy: "system" };
    await getDatabase().policyVersion.create({ data: { version, snapshot: { ...old, version }, ...about } });
    await desk.publishClass("gold", { name: "Gold again" });
    const back = await desk.rollBack(version);
    expect(await storedContent(back.version)).toBe(await storedContent(version));
    expect((await desk.lists()).map(({ item }) => item)).toEqual([{ id: "old", name: "Old", audience: "everyone" }]);
    await desk.rollBack(baseVersion);
  });

  it("lists versions newest first, page by page", async () => {
    const first = await desk.versions("limit=3");
    const second = await desk.versions(`limit=3&cursor=${first.nextCursor}`);
    const numbers = [...first.items, ...second.items].map(({ version }) => version);
    expect(numbers).toEqual(Array.from({ length: 6 }, (_, n) => (numbers[0] ?? 0) - n));
    expect(first.items.map(({ state }) => state)).toEqual(["in-force", "superseded", "superseded"]);
    await expect(desk.versions("cursor=x")).rejects.toMatchObject({ problem: { code: "REQUEST_BAD_CURSOR" } });
  });
});

describe("a node's stream", () => {
  it("goes on from the version the node has, checked by the digest of the result", async () => {
    const first = await follow("proxy-1");
    const { baseVersion } = await desk.draft();
    await main(first, baseVersion);
    const [start, canary] = eventsOf(first);
    if (start?.type !== "snapshot") throw new Error("a new node gets everything");
    expect(canary).toEqual({ type: "canary", canary: null });
    first.close();
    const published = await desk.publishClass("silver", { lteSharePercent: 15 });
    const again = await follow("proxy-1", baseVersion);
    await main(again, published.version);
    const [delta] = eventsOf(again);
    if (delta?.type !== "delta") throw new Error("the change is shorter than the whole");
    const result = applyDelta(start.snapshot, delta.delta);
    expect(sha256Hex(canonicalJson(result))).toBe(delta.sha256);
    expect(canonicalJson(result)).toBe(canonicalJson((await desk.version(published.version)).snapshot));
    expect(JSON.stringify(delta).length).toBeLessThan(JSON.stringify(start).length);
    const upToDate = await follow("proxy-1", published.version);
    expect((await upToDate.next(({ type }) => type === "delta")).data).toMatchObject({
      delta: { from: published.version, version: published.version },
    });
    const foreign = await follow("proxy-1", 4000);
    await foreign.next(({ type }) => type === "snapshot");
  });

  it("brings changes to a connected node as deltas that add up", async () => {
    const stream = await follow("proxy-2");
    await stream.next(({ type }) => type === "snapshot");
    const [start] = eventsOf(stream);
    if (start?.type !== "snapshot") throw new Error("no snapshot");
    for (const share of [31, 32, 33]) await desk.publishClass("silver", { lteSharePercent: share });
    await main(stream, start.snapshot.version + 3);
    let policy = start.snapshot;
    for (const event of eventsOf(stream))
      if (event.type === "delta") {
        policy = policySnapshotSchema.parse(applyDelta(policy, event.delta));
        expect(sha256Hex(canonicalJson(policy))).toBe(event.sha256);
      }
    expect(policy.serviceClasses.find(({ id }) => id === "silver")?.lteSharePercent).toBe(33);
  });
});

describe("acknowledgements", () => {
  it("are shown per node: applied, failed, waiting, away", async () => {
    const stream = await follow("proxy-1");
    const { version } = await desk.publishClass("silver", { lteSharePercent: 41 });
    await main(stream, version);
    expect(statesOf((await desk.version(version)).acks)).toEqual({ "proxy-1": "waiting", "proxy-2": "away" });
    expect(await answer("proxy-1", version)).toBe(204);
    expect(await answer("proxy-2", version, "no memory")).toBe(204);
    const { acks } = await desk.version(version);
    expect(statesOf(acks)).toEqual({ "proxy-1": "applied", "proxy-2": "failed" });
    expect(acks[1]).toMatchObject({ reason: "no memory", nodeName: "proxy-2" });
    expect((await desk.version(version)).state).toBe("in-force");
    expect(await answer("proxy-2", version)).toBe(204);
    expect(statesOf((await desk.version(version)).acks)).toEqual({ "proxy-1": "applied", "proxy-2": "applied" });
    expect(await answer("proxy-1", 4000)).toBe(404);
  });
});

describe("a trial", () => {
  const onOne = { kind: "nodes" as const, nodeIds: ["proxy-1"] };

  it("on one node leaves the others alone, and is promoted for everyone", async () => {
    const [one, two] = [await follow("proxy-1"), await follow("proxy-2")];
    const { baseVersion } = await desk.draft();
    const canary = await desk.publishClass("silver", { lteSharePercent: 55 }, onOne);
    expect(canary).toMatchObject({ kind: "canary", state: "trial", scope: onOne });
    await main(one, canary.version);
    expect(statesOf((await desk.version(canary.version)).acks)).toEqual({
      "proxy-1": "waiting",
      "proxy-2": "not-in-scope",
    });
    expect((await desk.version(baseVersion)).state).toBe("in-force");
    expect(two.events.some(({ id }) => id === String(canary.version))).toBe(false);
    const draft = await desk.draft();
    expect(draft).toMatchObject({ baseVersion, canary: { version: canary.version }, changes: [{ id: "silver" }] });
    await expect(desk.publish()).rejects.toMatchObject(refusal("POLICY_CANARY_ON"));
    await expect(desk.rollBack(baseVersion - 1)).rejects.toMatchObject(refusal("POLICY_CANARY_ON"));
    await answer("proxy-1", canary.version);
    const promoted = await desk.promote();
    expect(promoted).toMatchObject({ kind: "promote", sourceVersion: canary.version, state: "in-force" });
    await Promise.all([main(one, promoted.version), main(two, promoted.version)]);
    expect(await storedContent(promoted.version)).toBe(await storedContent(canary.version));
    expect(await desk.draft()).toMatchObject({ canary: null, changes: [] });
    await expect(desk.promote()).rejects.toMatchObject(refusal("POLICY_NO_CANARY"));
  });

  it("on a part of the subscribers is a second policy of every node, and of the drawn devices", async () => {
    const devices = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        enrolDevice({ deviceId: `canary-${n}`, msisdn: `99999100${n}00`, serviceClassId: "gold" }),
      ),
    );
    const streams = await Promise.all(devices.map(({ deviceId, secret }) => followAs(deviceId, secret)));
    const node = await follow("proxy-1");
    const { baseVersion } = await desk.draft();
    const scope = { kind: "percent" as const, percent: 50 };
    const { version } = await desk.publishClass("silver", { lteSharePercent: 60 }, scope);
    const event = await node.next(({ data }) => data["type"] === "canary" && data["canary"] !== null);
    expect(event).toMatchObject({ id: String(baseVersion), data: { canary: { percent: 50, snapshot: { version } } } });
    const rows = await getDatabase().device.findMany({ where: { id: { startsWith: "canary-" } } });
    const drawn = new Set(
      rows.filter(({ subscriberId }) => isInCanary({ subscriberId, version, percent: 50 })).map(({ id }) => id),
    );
    for (const [index, stream] of streams.entries())
      if (drawn.has(devices[index]?.deviceId ?? "")) await main(stream, version);
    for (const [index, stream] of streams.entries())
      expect(stream.events.some(({ id }) => id === String(version))).toBe(drawn.has(devices[index]?.deviceId ?? ""));
    const late = await follow("proxy-2", baseVersion);
    await late.next(({ data }) => data["type"] === "canary" && data["canary"] !== null);
    const reverted = await desk.revert();
    expect(await storedContent(reverted.version)).toBe(await storedContent(baseVersion));
    await node.next(({ id, data }) => id === String(reverted.version) && data["canary"] === null);
    await Promise.all(streams.map((stream) => main(stream, reverted.version)));
    expect((await desk.draft()).changes).toMatchObject([{ id: "silver" }]);
  });

  it("ends by itself when a node cannot take it", async () => {
    const one = await follow("proxy-1");
    const { baseVersion } = await desk.draft();
    const { version } = await desk.publishClass("silver", { lteSharePercent: 61 }, onOne);
    await main(one, version);
    await answer("proxy-2", version, "not asked");
    expect((await desk.version(version)).state).toBe("trial");
    await answer("proxy-1", version, "out of memory");
    await main(one, version + 1);
    const [reverted] = (await desk.versions("limit=1")).items;
    expect(reverted).toMatchObject({
      kind: "revert",
      sourceVersion: version,
      publishedBy: "system",
      state: "in-force",
    });
    expect(reverted?.reason).toContain("out of memory");
    expect(await storedContent(version + 1)).toBe(await storedContent(baseVersion));
    const audit = await getDatabase().auditEntry.findFirstOrThrow({ orderBy: { id: "desc" } });
    expect(audit).toMatchObject({ actor: "system", action: "policy.revert", target: `policy:${version + 1}` });
  });

  it("ends by itself when a connected node does not answer in 15 s, once for all portals", async () => {
    const one = await follow("proxy-1");
    const { version } = await desk.publishClass("silver", { lteSharePercent: 62 }, onOne);
    await main(one, version);
    const beganMs = Date.now();
    // Another portal process that starts now watches the same trial.
    const secondPortal = new PolicyHub();
    await sleep(12_000);
    expect((await desk.version(version)).state).toBe("trial");
    await untilEnded(version);
    await sleep(1500);
    secondPortal.close();
    expect((await desk.versions("limit=1")).items[0]).toMatchObject({ version: version + 1, kind: "revert" });
    expect(Date.now() - beganMs).toBeGreaterThan(14_000);
    expect(Date.now() - beganMs).toBeLessThan(20_000);
    expect((await desk.versions("limit=1")).items[0]?.reason).toContain("15 s");
  });

  it("waits for a node that is away, and counts from when it is back", async () => {
    const one = await follow("proxy-1");
    const both = { kind: "nodes" as const, nodeIds: ["proxy-1", "proxy-2"] };
    const { version } = await desk.publishClass("silver", { lteSharePercent: 64 }, both);
    await main(one, version);
    await answer("proxy-1", version);
    const { trial } = await readPolicyState();
    const watch = new CanaryWatch(600);
    watch.watch(trial);
    await sleep(1200);
    expect((await desk.version(version)).state).toBe("trial");
    expect(statesOf((await desk.version(version)).acks)).toEqual({ "proxy-1": "applied", "proxy-2": "away" });
    const two = await follow("proxy-2");
    await main(two, version);
    await sleep(300);
    expect((await desk.version(version)).state).toBe("trial");
    await untilEnded(version);
    watch.close();
  });

  it("goes on with the testbed's networks when the demo starts during it", async () => {
    const one = await follow("proxy-1");
    const { version } = await desk.publishClass("silver", { lteSharePercent: 63 }, onOne);
    await main(one, version);
    const networks = { contentCidr: "10.9.1.0/24", lteCidr: "10.9.2.0/24", wifiCidr: "10.9.3.0/24" };
    expect(await ensureTestbedPolicy(networks)).toBe(version + 1);
    const { canary, baseVersion } = await desk.draft();
    expect(canary).toMatchObject({ version: version + 2, sourceVersion: version, scope: onOne });
    expect(baseVersion).toBe(version + 1);
    await main(one, version + 2);
    const { snapshot } = await desk.version(version + 2);
    expect(snapshot.accessNetworks).toHaveLength(2);
    expect(snapshot.serviceClasses.find(({ id }) => id === "silver")?.lteSharePercent).toBe(63);
    expect(await ensureTestbedPolicy(networks)).toBe(version + 1);
  });
});

it("leaves an audit chain that is whole", async () => {
  expect(await verifyAuditChain(getDatabase())).toMatchObject({ brokenAt: null });
});
