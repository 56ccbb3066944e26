import { afterEach, expect, it, vi } from "vitest";
import type { PolicyAck } from "@/lib/contracts/policy";
import { PolicyAcks } from "@/lib/proxy/policy-acks";
import { PortalRefusal } from "@/lib/proxy/portal-client";
import { AppError } from "@/lib/shared/errors";
import { collectedLog } from "../../factories/collected-log";

const { log, said } = collectedLog();
const ack = (version: number, isApplied = true): PolicyAck => ({
  version,
  isApplied,
  reason: isApplied ? null : "unfit",
});

let acks: PolicyAcks;
let taken: PolicyAck[] = [];
let answer: (ack: PolicyAck) => void = () => {};

function start(): void {
  taken = [];
  answer = () => {};
  acks = new PolicyAcks({
    deliver: async (message) => {
      answer(message);
      taken.push(message);
    },
    log,
  });
}
afterEach(() => acks.stop());

it("delivers each once, in order, and a change of mind", async () => {
  start();
  for (const message of [ack(1), ack(2), ack(2, false)]) acks.add(message);
  await vi.waitFor(() => expect(taken).toHaveLength(2));
  acks.add(ack(1));
  acks.add(ack(2));
  await vi.waitFor(() => expect(taken).toHaveLength(3));
  expect(taken).toEqual([ack(1), ack(2, false), ack(2)]);
});

it("tries again while the portal is away", async () => {
  start();
  let failures = 2;
  answer = () => {
    failures -= 1;
    if (failures >= 0) throw new AppError("PORTAL_UNREACHABLE", "away");
  };
  acks.add(ack(1));
  acks.add(ack(2));
  await vi.waitFor(() => expect(taken).toEqual([ack(1), ack(2)]), { timeout: 5000 });
});

it("gives up one that the portal does not know, and goes on with the next", async () => {
  start();
  answer = ({ version }) => {
    if (version === 1) throw new PortalRefusal(404, "no such version");
  };
  acks.add(ack(1));
  acks.add(ack(2));
  await vi.waitFor(() => expect(taken).toEqual([ack(2)]));
  expect(said("error")).toEqual(["the portal does not take this acknowledgement"]);
});

it("stops while the portal is away", async () => {
  start();
  answer = () => {
    throw new AppError("PORTAL_UNREACHABLE", "away");
  };
  acks.add(ack(1));
  await acks.stop();
  expect(taken).toEqual([]);
});
