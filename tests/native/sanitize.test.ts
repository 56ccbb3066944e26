import { describe, expect, it } from "vitest";
import { requireAbility } from "@/tests/factories/ability";
import { runSanitized } from "./sanitizers";

describe("sanitizers", () => {
  it("AddressSanitizer, LeakSanitizer and UBSan find nothing in a stress run", async (context) => {
    requireAbility(context, "namespaces", "compiler");
    const { findings, result, stderr } = await runSanitized({ sessions: 600, seed: 7 }, 100_000);
    expect(findings).toEqual([]);
    expect(result, stderr.slice(-2000)).toMatchObject({ faults: [] });
  });
});
