import { afterEach, describe, expect, it, vi } from "vitest";
import { readWebhookRanges } from "@/lib/services/webhook-ranges";

afterEach(() => vi.unstubAllEnvs());

describe("ranges that webhooks may lead to", () => {
  it("are none unless they are named", () => {
    vi.stubEnv("TWINPATH_WEBHOOK_RANGES", undefined);
    expect(readWebhookRanges()).toEqual([]);
    vi.stubEnv("TWINPATH_WEBHOOK_RANGES", "10.0.0.0/8, fd00::/8,");
    expect(readWebhookRanges().map(({ prefixLength }) => prefixLength)).toEqual([8, 8]);
  });

  it("that cannot be read stop the start and name the variable", () => {
    vi.stubEnv("TWINPATH_WEBHOOK_RANGES", "10.0.0.1/8");
    expect(readWebhookRanges).toThrow(/^TWINPATH_WEBHOOK_RANGES is "10.0.0.1\/8"/);
  });
});
