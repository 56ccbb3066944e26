import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DELETE as deleteView } from "@/app/api/account/views/[id]/route";
import { POST as keepView, GET as listViews } from "@/app/api/account/views/route";
import { problemSchema } from "@/lib/contracts/portal";
import { type TableView, tableViewListSchema, tableViewSchema } from "@/lib/contracts/table-views";
import { getDatabase } from "@/lib/db/client";
import { startTestDatabase, type TestDatabase } from "@/tests/factories/database";
import { callRoute, signedIn } from "@/tests/factories/portal-call";

const suspended = { table: "subscribers", name: "Suspended", filter: { state: "suspended" }, columns: ["class"] };
let database: TestDatabase;
let viewer: Awaited<ReturnType<typeof signedIn>>;

const keep = (body: object, { cookie } = viewer) => callRoute(keepView, { body, headers: { cookie } });
const kept = async (body: object): Promise<TableView> => tableViewSchema.parse(await (await keep(body)).json());
const list = async (table = "subscribers", { cookie } = viewer) =>
  tableViewListSchema.parse(await (await callRoute(listViews, { query: `table=${table}`, headers: { cookie } })).json())
    .items;
const remove = (id: string, { cookie } = viewer) =>
  callRoute(deleteView, { method: "DELETE", params: { id }, headers: { cookie } });

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  viewer = await signedIn("viewer");
});

describe("a kept view of a list", () => {
  it("is told with its list, by name, and in place of what had its name", async () => {
    expect((await keep(suspended)).status).toBe(201);
    await keep({ ...suspended, name: "All", filter: {}, columns: null });
    const again = await kept({ ...suspended, columns: null });
    expect(await list()).toMatchObject([
      { name: "All", filter: {}, columns: null },
      { id: again.id, name: "Suspended", filter: { state: "suspended" }, columns: null },
    ]);
    expect(await list("devices")).toEqual([]);
  });

  it("is nobody else's", async () => {
    const { id } = await kept(suspended);
    const other = await signedIn("admin");
    expect(await list("subscribers", other)).toEqual([]);
    expect((await remove(id, other)).status).toBe(404);
    expect(await list()).toHaveLength(1);
  });

  it("is deleted once", async () => {
    const { id } = await kept(suspended);
    expect((await remove(id)).status).toBe(204);
    expect((await remove(id)).status).toBe(404);
    expect(await list()).toEqual([]);
  });

  it("goes with its account", async () => {
    await keep(suspended);
    await getDatabase().staff.delete({ where: { id: viewer.staffId } });
    expect(await getDatabase().tableView.count({ where: { staffId: viewer.staffId } })).toBe(0);
  });

  it("is one of at most fifty", async () => {
    const rows = Array.from({ length: 50 }, (_, index) => ({
      id: randomUUID(),
      staffId: viewer.staffId,
      table: "subscribers",
      name: `View ${index}`,
      filter: {},
    }));
    await getDatabase().tableView.createMany({ data: rows });
    const refused = await keep(suspended);
    expect(refused.status).toBe(409);
    expect(problemSchema.parse(await refused.json()).code).toBe("TABLE_VIEW_TOO_MANY");
    expect((await keep({ ...suspended, name: "View 7" })).status).toBe(201);
  });

  it.each([
    ["of another list", { ...suspended, table: "nodes" }],
    ["without a name", { ...suspended, name: " " }],
    ["with odd filters", { ...suspended, filter: { "a=b": "1" } }],
    [
      "with too many filters",
      { ...suspended, filter: Object.fromEntries([..."abcdefghijklm"].map((one) => [one, "1"])) },
    ],
    ["with odd columns", { ...suspended, columns: ["<b>"] }],
  ])("is refused %s", async (_, body) => {
    expect((await keep(body)).status).toBe(422);
  });

  it("has its audit rows, without what was looked for", async () => {
    const { id } = await kept(suspended);
    await remove(id);
    const target = `staff:${viewer.staffId}`;
    const entries = await getDatabase().auditEntry.findMany({ where: { target }, orderBy: { id: "asc" } });
    expect(entries.map(({ action }) => action)).toEqual(["staff.keep-view", "staff.delete-view"]);
    expect(JSON.stringify(entries.map(({ before, after }) => [before, after]))).not.toContain("suspended");
  });
});
