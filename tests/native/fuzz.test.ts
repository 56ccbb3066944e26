import { describe, expect, it } from "vitest";
import { requireAbility } from "@/tests/factories/ability";
import { bundleChild, runChild, stressCommand } from "./run-child";

describe("random cuts", () => {
  it("2,000 sessions cut anywhere by anyone lose no whole echo, no event, no descriptor", async (context) => {
    requireAbility(context, "namespaces");
    const seed = Date.now() % 1_000_000;
    const result = await runChild(stressCommand(await bundleChild("stress-child.ts"), { sessions: 2000, seed }));
    expect(result.stderr, `seed ${seed}`).toBe("");
    expect(result.status).toBe(0);
    const { accepted, faults } = JSON.parse(result.stdout) as { accepted: number; faults: string[] };
    expect(faults, `seed ${seed}`).toEqual([]);
    expect(accepted).toBeGreaterThan(2000);
  });
});
