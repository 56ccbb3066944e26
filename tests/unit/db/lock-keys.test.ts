import { expect, it } from "vitest";
import { lockKeys } from "@/lib/db/lock-keys";

it("no two things share a lock", () => {
  const keys = Object.values(lockKeys);
  expect(new Set(keys).size).toBe(keys.length);
});
