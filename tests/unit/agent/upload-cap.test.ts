import { expect, it } from "vitest";
import { UploadCap } from "@/lib/agent/upload-cap";
import type { ServiceClass } from "@/lib/contracts/policy";
import type { RateLimit } from "@/lib/mptcp/face";

it("sends no faster than the class in force allows, and freely without a cap", () => {
  let totalRateKbps: number | null = null;
  let tell = (): void => {};
  const rates: RateLimit[] = [];
  const limited: unknown[] = [];
  const change = (rateKbps: number | null): void => {
    totalRateKbps = rateKbps;
    tell();
  };
  const cap = new UploadCap({
    server: { setRateLimit: (limit, rate) => rates.push(rate) && limited.push(limit) },
    policy: {
      serviceClass: () => ({ totalRateKbps }) as ServiceClass,
      onChange: (listener) => {
        tell = listener;
        return () => {
          tell = () => {};
        };
      },
    },
  });
  const [limit] = limited;
  cap.begin({ limit: (given) => expect(given).toBe(limit) });
  change(40_000);
  change(40_000);
  change(null);
  cap.stop();
  change(1000);
  expect(rates.map(({ uploadBytesPerSecond }) => uploadBytesPerSecond)).toEqual([null, 5_000_000, null]);
  expect(rates.every(({ downloadBytesPerSecond }) => downloadBytesPerSecond === null)).toBe(true);
  expect.assertions(3);
});
