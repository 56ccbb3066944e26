import { expect } from "vitest";
import { POST as commit } from "@/app/api/subscriber-imports/[id]/commit/route";
import { GET as getJob } from "@/app/api/subscriber-imports/[id]/route";
import { GET as rowsOf } from "@/app/api/subscriber-imports/[id]/rows/route";
import { POST as upload } from "@/app/api/subscriber-imports/route";
import { GET as exportAll } from "@/app/api/subscribers/export/route";
import { type ImportJob, type ImportRow, importJobSchema, importRowListSchema } from "@/lib/contracts/subscribers";
import { getDatabase } from "@/lib/db/client";
import { sleep } from "@/lib/shared/sleep";
import { callRoute } from "./portal-call";

export const importHead = "msisdn,imsi,state,service_class,extra_white_lists";

/** A subscriber file of these lines. */
export const importFile = (...lines: string[]): string => `${[importHead, ...lines].join("\n")}\n`;

/** Imports through the routes, as the member of staff whose headers these are. */
export function importCalls(headers: Record<string, string>) {
  async function send(body: string | Uint8Array, name = "test.csv"): Promise<ImportJob> {
    const call = {
      body,
      headers: { ...headers, "content-type": "text/csv" },
      query: `name=${encodeURIComponent(name)}`,
    };
    const answer = await callRoute(upload, call);
    const job = await answer.json();
    expect(answer.status, JSON.stringify(job)).toBe(201);
    return importJobSchema.parse(job);
  }

  async function settled(id: string): Promise<ImportJob> {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(10)) {
      const job = importJobSchema.parse(await (await callRoute(getJob, { headers, params: { id } })).json());
      if (job.state !== "checking" && job.state !== "committing") return job;
    }
    throw new Error("the import did not end");
  }

  const check = async (body: string | Uint8Array): Promise<ImportJob> => settled((await send(body)).id);

  async function order(id: string): Promise<number> {
    return (await callRoute(commit, { headers, params: { id }, body: { reason: "a test of imports" } })).status;
  }

  async function committed(body: string | Uint8Array): Promise<ImportJob> {
    const job = await check(body);
    expect(job, JSON.stringify(job)).toMatchObject({ state: "checked" });
    expect(await order(job.id)).toBe(200);
    return settled(job.id);
  }

  async function rows(id: string, query = ""): Promise<ImportRow[]> {
    const found: ImportRow[] = [];
    for (let cursor: string | null = "0"; cursor !== null; ) {
      const answer = await callRoute(rowsOf, { headers, params: { id }, query: `cursor=${cursor}&limit=100&${query}` });
      const page = importRowListSchema.parse(await answer.json());
      found.push(...page.items);
      cursor = page.nextCursor;
    }
    return found;
  }

  const text = async (answer: Promise<Response>): Promise<string> => (await answer).text();
  const exported = (query = "") => text(callRoute(exportAll, { headers, query }));
  const subscriber = (msisdn: string) => getDatabase().subscriber.findUnique({ where: { msisdn: msisdn.slice(1) } });
  const actionsOf = async (id: string) =>
    (await getDatabase().auditEntry.findMany({ where: { target: `import:${id}` }, orderBy: { id: "asc" } })).map(
      ({ action }) => action,
    );
  return { send, settled, check, order, committed, rows, exported, subscriber, actionsOf };
}
