import { describe, expect, it } from "vitest";
import { bundleChild, runChild } from "./run-child";

describe("random cuts", () => {
  it("2,000 sessions cut anywhere by anyone lose no whole echo, no event, no descriptor", async () => {
    const result = await runChild([process.execPath, await bundleChild("stress-child.ts"), "2000", `${Date.now() % 1e6}`]);
    expect(result.stderr).toBe("");
    expect(result.status).toBe(0);
    const { accepted, faults } = JSON.parse(result.stdout) as { accepted: number; faults: string[] };
    expect(faults).toEqual([]);
    expect(accepted).toBeGreaterThan(2000);
  });
});
