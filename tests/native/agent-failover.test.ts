import { describe, expect, it } from "vitest";
import { requireAbility } from "../factories/ability";
import { runInNamespace } from "./run-child";

type Failover = {
  before: number;
  during: { tries: number; failed: number; worstMs: number };
  after: number;
  back: number;
  returnedMs: number;
};

describe("an agent whose proxy node is gone", () => {
  it("takes the next one within two seconds, losing no new connection, and returns when it is back", async (context) => {
    requireAbility(context, "namespaces");
    const found = (await runInNamespace("agent-failover-child.ts", "kill")) as Failover;
    expect(found).toMatchObject({ before: 2080, after: 2081, back: 2080, during: { failed: 0 } });
    expect(found.during.tries).toBeGreaterThan(50);
    expect(found.during.worstMs).toBeLessThan(2000);
    expect(found.returnedMs).toBeGreaterThan(5000);
  });
});
