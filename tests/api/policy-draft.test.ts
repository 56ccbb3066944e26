import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ServiceClass, WhiteListRule } from "@/lib/contracts/policy";
import { getDatabase } from "@/lib/db/client";
import { ensureTestbedPolicy } from "@/lib/services/ensure-testbed-policy";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { PolicyDesk } from "@/tests/factories/policy-desk";
import { signedIn } from "@/tests/factories/portal-call";

let database: TestDatabase;
let anna: PolicyDesk;
let bert: PolicyDesk;
let annaId: string;

const host = (value: string): WhiteListRule => ({ kind: "host", value, ports: [] });
const newClass: ServiceClass = {
  id: "night",
  name: "Night",
  steering: "aggregate",
  lteSharePercent: null,
  wifiSufficientMbps: null,
  lteRateKbps: null,
  totalRateKbps: null,
  lteQuotaBytes: null,
  whenQuotaReached: null,
};
const refusal = (code: string, status: number) => ({ problem: { code, status } });
const newestAudit = () => getDatabase().auditEntry.findFirstOrThrow({ orderBy: { id: "desc" } });

beforeAll(async () => {
  database = await startTestDatabase();
  const one = await signedIn("operator");
  annaId = one.staffId;
  anna = new PolicyDesk(one);
  bert = new PolicyDesk(await signedIn("admin"));
});
afterAll(() => database.stop());
afterEach(async () => {
  await anna.discard(null);
});

describe("an item of the draft", () => {
  it("is changed under its ETag, audited, and gone from the draft when it is as before", async () => {
    const before = await anna.serviceClass("silver");
    const { etag: clean } = await anna.draft();
    expect(before).toMatchObject({ change: null, item: { lteSharePercent: 20, wifiSufficientMbps: 20 } });
    await anna.putClass({ ...before.item, lteSharePercent: 30 }, before);
    const after = await bert.serviceClass("silver");
    expect(after).toMatchObject({ change: "changed", item: { lteSharePercent: 30 }, inForce: { lteSharePercent: 20 } });
    expect(await newestAudit()).toMatchObject({
      actor: `staff:${annaId}`,
      action: "policy.draft.change",
      target: "draft:service-class:silver",
      before: { lteSharePercent: 20 },
      after: { lteSharePercent: 30 },
    });
    const draft = await bert.draft();
    expect(draft).toMatchObject({ baseVersion: 1, canary: null });
    expect(draft.changes).toMatchObject([{ id: "silver", kind: "changed", changedBy: "A operator", name: "Silver" }]);
    await anna.putClass(before.item, after);
    expect(await bert.draft()).toMatchObject({ etag: clean, changes: [] });
  });

  it("is discarded as a whole only where it is still what was seen, if that is said", async () => {
    const silver = await anna.serviceClass("silver");
    const seen = await anna.draft();
    await bert.putClass({ ...silver.item, lteSharePercent: 35 }, silver);
    await expect(anna.discard(null, seen)).rejects.toMatchObject(refusal("PRECONDITION_FAILED", 412));
    expect((await anna.discard(null, await anna.draft())).changes).toEqual([]);
  });

  it("needs a condition (428), and tells what is there when it changed meanwhile (412)", async () => {
    const { item, etag } = await anna.serviceClass("gold");
    await expect(anna.putClass(item, "nothing said")).rejects.toMatchObject(refusal("PRECONDITION_MISSING", 428));
    await bert.putClass({ ...item, name: "Gold by Bert" }, { etag });
    const current = await bert.serviceClass("gold");
    await expect(anna.putClass({ ...item, name: "Gold by Anna" }, { etag })).rejects.toMatchObject({
      problem: { code: "PRECONDITION_FAILED", status: 412, current: { etag: current.etag, item: current.item } },
    });
    expect(current.item.name).toBe("Gold by Bert");
  });

  it("is made once and removed under its ETag", async () => {
    await anna.putClass(newClass, "absent");
    await expect(bert.putClass(newClass, "absent")).rejects.toMatchObject(refusal("PRECONDITION_FAILED", 412));
    const added = await bert.serviceClass("night");
    expect(added).toMatchObject({ change: "added", inForce: null });
    await bert.deleteClass("night", added);
    await expect(anna.putClass(newClass, added)).rejects.toMatchObject(refusal("NOT_FOUND", 404));
    expect((await anna.draft()).changes).toEqual([]);
    const gold = await anna.serviceClass("gold");
    await anna.deleteClass("gold", gold);
    expect(await anna.serviceClass("gold")).toMatchObject({ change: "removed" });
    await anna.putClass(gold.item, "absent");
    expect((await anna.draft()).changes).toEqual([]);
  });

  it("never loses what one of two operators wrote: different items both stay, of one item one is told", async () => {
    for (let round = 0; round < 10; round += 1) {
      const [gold, bronze] = [await anna.serviceClass("gold"), await bert.serviceClass("bronze")];
      await Promise.all([
        anna.putClass({ ...gold.item, totalRateKbps: 1000 + round }, gold),
        bert.putClass({ ...bronze.item, totalRateKbps: 2000 + round }, bronze),
      ]);
      expect((await anna.serviceClass("gold")).item.totalRateKbps).toBe(1000 + round);
      expect((await anna.serviceClass("bronze")).item.totalRateKbps).toBe(2000 + round);
      const silver = await anna.serviceClass("silver");
      const tries = await Promise.allSettled(
        [anna, bert].map((desk, who) =>
          desk.putClass({ ...silver.item, lteSharePercent: 30 + 20 * who + round }, silver),
        ),
      );
      expect(tries.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const winner = tries.findIndex(({ status }) => status === "fulfilled");
      expect((await anna.serviceClass("silver")).item.lteSharePercent).toBe(30 + 20 * winner + round);
    }
  });

  it("is taken out of the draft alone or with all others", async () => {
    const [gold, silver] = [await anna.serviceClass("gold"), await anna.serviceClass("silver")];
    await anna.putClass({ ...gold.item, name: "G" }, gold);
    await anna.putClass({ ...silver.item, name: "S" }, silver);
    const left = await bert.discard({ collection: "service-class", id: "gold" });
    expect(left.changes.map(({ id }) => id)).toEqual(["silver"]);
    expect(await newestAudit()).toMatchObject({ action: "policy.draft.discard" });
    await expect(bert.discard({ collection: "service-class", id: "gold" })).rejects.toMatchObject(
      refusal("NOT_FOUND", 404),
    );
    expect((await bert.discard(null)).changes).toEqual([]);
  });
});

describe("white-lists of the draft", () => {
  it("keep their rules when their head changes, and both operators' additions", async () => {
    const list = await anna.list("youtube");
    expect(list).toMatchObject({ ruleCount: 3, change: null, hits: 0, subscribers: null });
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        (n % 2 === 0 ? anna : bert).editRules("youtube", { add: [host(`h${n}.example.com`)] }),
      ),
    );
    expect(await anna.list("youtube")).toMatchObject({ ruleCount: 13, change: "changed" });
    await expect(anna.putList({ ...list.item, name: "Videos" }, list)).rejects.toMatchObject({
      problem: { status: 412, current: { item: list.item } },
    });
    await anna.putList({ ...list.item, name: "Videos", audience: "extra" }, await anna.list("youtube"));
    expect(await bert.list("youtube")).toMatchObject({
      ruleCount: 13,
      subscribers: 0,
      item: { name: "Videos", audience: "extra" },
    });
  });

  it("take rules all or nothing, and tell of one that is gone", async () => {
    const reply = await anna.editRules("netflix", { add: [host("A.Example "), host("a.example"), host("b.example")] });
    expect(reply).toMatchObject({ added: 2, removed: 0, alreadyThere: 1 });
    expect(await newestAudit()).toMatchObject({
      target: "draft:white-list:netflix",
      before: { rules: 2 },
      after: { rules: 4, added: 2 },
    });
    expect(reply.etag).toBe((await anna.list("netflix")).etag);
    expect(await bert.editRules("netflix", { remove: [host("a.example")] })).toMatchObject({ removed: 1 });
    const gone = anna.editRules("netflix", { add: [host("c.example")], remove: [host("a.example")] });
    await expect(gone).rejects.toMatchObject({ problem: { status: 412, current: { item: { id: "netflix" } } } });
    const { items, total } = await anna.rules("netflix");
    expect(total).toBe(3);
    expect(items.map(({ rule, change }) => `${rule.value} ${change}`)).toEqual([
      "netflix.com null",
      "nflxvideo.net null",
      "b.example added",
    ]);
    await expect(anna.editRules("nothing", { add: [] })).rejects.toMatchObject(refusal("NOT_FOUND", 404));
  });

  it("show hits, shadows and pages of rules", async () => {
    await anna.putList({ id: "own", name: "Own", audience: "everyone" }, "absent");
    const suffix: WhiteListRule = { kind: "domain-suffix", value: "wide.example", ports: [] };
    await anna.editRules("own", { add: [suffix, ...Array.from({ length: 59 }, (_, n) => host(`h${n}.wide.example`))] });
    const hits = { whiteListId: "own", kind: "host", value: "h1.wide.example", hits: 7n, lastAt: new Date() };
    await getDatabase().ruleHits.create({ data: hits });
    const first = await anna.rules("own");
    expect(first).toMatchObject({ total: 60 });
    expect(first.items).toHaveLength(50);
    expect(first.items[2]).toMatchObject({ hits: 7, lastMatchAt: hits.lastAt.toISOString() });
    expect(first.items[2]?.shadowedBy).toContain("wide.example");
    expect(first.items[0]?.shadowedBy).toBeNull();
    const second = await anna.rules("own", `cursor=${first.nextCursor}`);
    expect(second.items.map(({ rule }) => rule.value)).toEqual(
      Array.from({ length: 10 }, (_, n) => `h${n + 49}.wide.example`),
    );
    expect(second.nextCursor).toBeNull();
    await anna.editRules("own", { remove: [host("h0.wide.example")] });
    expect((await anna.rules("own", `cursor=${first.nextCursor}`)).items).toEqual(second.items);
    expect((await anna.rules("own", "search=H7.&kind=host")).items.map(({ rule }) => rule.value)).toEqual([
      "h7.wide.example",
    ]);
    expect(await anna.rules("own", "kind=domain-suffix")).toMatchObject({ total: 1 });
    await expect(anna.rules("own", "cursor=x")).rejects.toMatchObject(refusal("REQUEST_BAD_CURSOR", 400));
    expect(await anna.list("own")).toMatchObject({ hits: 7, change: "added", findings: 58 });
  });

  it("with 100,000 rules are paged and searched in under 50 ms once warm", async () => {
    await anna.putList({ id: "large", name: "Large", audience: "everyone" }, "absent");
    const add = Array.from({ length: 100_000 }, (_, n) => host(`host-${n}.example.com`));
    expect(await anna.editRules("large", { add })).toMatchObject({ added: 100_000 });
    expect(await anna.editRules("large", { add: [host("one-more.example.com")] })).toMatchObject({ added: 1 });
    const audit = JSON.stringify((await newestAudit()).after);
    expect(audit.length).toBeLessThan(2000);
    const { nextCursor } = await anna.rules("large", "limit=100");
    const timed = async (query: string): Promise<number> => {
      const began = performance.now();
      await anna.rules("large", query);
      return performance.now() - began;
    };
    const times: number[] = [];
    for (let run = 0; run < 5; run += 1)
      for (const query of ["limit=100", `limit=100&cursor=${nextCursor}`, "search=99999"])
        times.push(await timed(query));
    times.sort((left, right) => left - right);
    expect(times[Math.floor(times.length / 2)]).toBeLessThan(50);
    expect(await anna.rules("large", "search=host-99999.")).toMatchObject({ total: 1 });
  });
});

describe("access networks of the draft", () => {
  it("are one item with its ETag", async () => {
    const { item, etag, change } = await anna.networks();
    expect(change).toBeNull();
    const network = { cidr: "100.64.0.0/10", access: "lte", name: "LTE" };
    await anna.putNetworks({ ...item, accessNetworks: [network] }, { etag });
    expect(await bert.networks()).toMatchObject({ change: "changed", item: { accessNetworks: [network] } });
    expect(await newestAudit()).toMatchObject({ after: { accessNetworks: [network], allowedPrivateRanges: [] } });
    await expect(bert.putNetworks(item, { etag })).rejects.toMatchObject(refusal("PRECONDITION_FAILED", 412));
    await expect(bert.putNetworks(item, "absent")).rejects.toMatchObject(refusal("PRECONDITION_FAILED", 412));
  });
});

describe("findings, diff and impact of the draft", () => {
  it("stop what subscribers would miss", async () => {
    const database = getDatabase();
    await anna.putClass(newClass, "absent");
    const { version } = await anna.publish();
    const id = randomUUID();
    const lists = { extraWhiteListIds: ["debian"] };
    await database.subscriber.create({
      data: { id, msisdn: "821000000001", state: "active", serviceClassId: "night", ...lists },
    });
    await anna.deleteClass("night", await anna.serviceClass("night"));
    await anna.deleteList("debian", await anna.list("debian"));
    const found = await anna.findings();
    expect(found.errors).toBe(2);
    expect(found.items.slice(0, 2).map(({ code }) => code)).toEqual(["class-in-use", "list-in-use"]);
    await expect(anna.publish()).rejects.toMatchObject({ problem: { status: 409, code: "POLICY_HAS_ERRORS" } });
    const back = anna.rollBack(version - 1);
    await expect(back).rejects.toMatchObject({ problem: { code: "POLICY_HAS_ERRORS" } });
    await database.subscriber.update({ where: { id }, data: { serviceClassId: "gold", extraWhiteListIds: [] } });
    expect((await anna.findings()).errors).toBe(0);
    await anna.publish();
    await database.subscriber.delete({ where: { id } });
  });

  it("name every change, and the real destinations that would be decided otherwise", async () => {
    const data = getDatabase();
    const subscriberId = randomUUID();
    await data.subscriber.create({
      data: { id: subscriberId, msisdn: "821000000002", state: "active", serviceClassId: "silver" },
    });
    await data.node.create({ data: { id: "impact-node", name: "N", kind: "proxy", secretSha256: "" } });
    const session = {
      nodeId: "impact-node",
      epoch: "e",
      deviceId: "d",
      subscriberId,
      serviceClassId: "silver",
      protocol: "socks5",
      transport: "mptcp",
      startedAt: new Date(),
      handshakeUploadBytes: 0,
      handshakeDownloadBytes: 0,
      reinjectedBytes: 0,
    };
    const visits = ["www.youtube.com:443", "www.youtube.com:443", "netflix.com:443", "debian.org:443"];
    await data.session.createMany({
      data: visits.map((destination, n) => ({
        ...session,
        sessionId: String(n),
        destination,
        uploadBytes: 1,
        downloadBytes: 99,
        whiteListId: "youtube",
      })),
    });
    const silver = await anna.serviceClass("silver");
    await anna.putClass({ ...silver.item, lteSharePercent: 50 }, silver);
    await anna.editRules("youtube", { remove: [{ kind: "domain-suffix", value: "youtube.com", ports: [] }] });
    const { item, etag } = await anna.list("netflix");
    await anna.putList({ ...item, audience: "extra" }, { etag });
    const impact = await anna.impact();
    expect(impact).toMatchObject({ classes: [{ id: "silver", subscribers: 1 }], runningSessions: 4 });
    expect(impact.destinations).toEqual([
      { destination: "www.youtube.com:443", sessions: 2, bytes: 200, before: "YouTube", after: null },
      { destination: "netflix.com:443", sessions: 1, bytes: 100, before: "Netflix", after: null },
    ]);
    expect(impact.sentences).toHaveLength(3);
    await data.subscriber.update({ where: { id: subscriberId }, data: { extraWhiteListIds: ["netflix"] } });
    expect((await anna.impact()).destinations.map(({ destination }) => destination)).toEqual(["www.youtube.com:443"]);
    const { items, to } = await anna.diff();
    expect(to).toBeNull();
    expect(items.map(({ id, kind, rulesRemoved }) => `${id} ${kind} ${rulesRemoved}`)).toEqual([
      "silver changed 0",
      "youtube changed 1",
      "netflix changed 0",
    ]);
    expect(items[0]?.fields).toEqual([{ field: "lteSharePercent", before: 20, after: 50 }]);
    await data.node.delete({ where: { id: "impact-node" } });
    await data.subscriber.delete({ where: { id: subscriberId } });
  });
});

describe("the testbed's networks", () => {
  const networks = { contentCidr: "10.9.1.0/24", lteCidr: "10.9.2.0/24", wifiCidr: "10.9.3.0/24" };

  it("come into a policy without touching the draft, and into a draft that has networks of its own", async () => {
    const silver = await anna.serviceClass("silver");
    await anna.putClass({ ...silver.item, lteSharePercent: 44 }, silver);
    const { item, etag } = await anna.networks();
    const own = { cidr: "100.64.0.0/10", access: "lte" as const, name: "Ours" };
    await anna.putNetworks({ ...item, accessNetworks: [own] }, { etag });
    const version = await ensureTestbedPolicy(networks);
    const draft = await anna.draft();
    expect(draft).toMatchObject({ baseVersion: version });
    expect(draft.changes.map(({ id }) => id)).toEqual(["silver", "networks"]);
    const merged = await anna.networks();
    expect(merged.item.accessNetworks.map(({ cidr }) => cidr)).toEqual(["10.9.2.0/24", "10.9.3.0/24", "100.64.0.0/10"]);
    expect(merged.item.allowedPrivateRanges).toEqual(["10.9.1.0/24"]);
    expect(await ensureTestbedPolicy(networks)).toBe(version);
    await anna.publish();
    expect(await ensureTestbedPolicy(networks)).toBe(version + 1);
  });
});
