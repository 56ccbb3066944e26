import { afterEach, describe, expect, it, vi } from "vitest";

const lines: Record<string, unknown>[] = [];
vi.mock("@/lib/shared/log", async () => {
  const { collectedLog } = await import("../../factories/collected-log");
  return {
    createLog: () => Object.assign(collectedLog().log, { error: (fields: object) => lines.push({ ...fields }) }),
  };
});
const { problemResponse } = await import("@/lib/http/problem");

afterEach(() => {
  lines.length = 0;
});

const asked = new Request("http://portal.test/api/staff?search=821012345678", { headers: { "x-request-id": "id-1" } });
const ours = new Error("connect to postgresql://portal:hunter2@db/twinpath failed");

describe("a fault of our own", () => {
  it("tells nothing of itself in the answer", async () => {
    const answer = problemResponse(ours, asked);
    expect(answer.status).toBe(500);
    const text = await answer.text();
    expect(text).toContain('"code":"INTERNAL"');
    expect(text).not.toMatch(/hunter2|postgresql|821012345678|at /);
  });

  it("is logged with the request's id, its method and path, and without the query", () => {
    problemResponse(ours, asked);
    expect(lines).toEqual([{ err: ours, requestId: "id-1", method: "GET", path: "/api/staff", code: "INTERNAL" }]);
  });
});
