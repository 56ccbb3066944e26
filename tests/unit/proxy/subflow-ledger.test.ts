import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Access } from "@/lib/contracts/access";
import type { SubflowSample, TransportSample } from "@/lib/mptcp/face";
import { SubflowLedger } from "@/lib/proxy/subflow-ledger";

const lte = "10.1.0.2";
const wifi = "10.2.0.2";
const accessOf = (address: string): Access => (address === lte ? "lte" : address === wifi ? "wifi" : "other");

function subflow(id: number, changes: Partial<SubflowSample> = {}): SubflowSample {
  return {
    id,
    local: { address: "192.0.2.1", port: 1080 },
    remote: { address: id % 2 === 0 ? lte : wifi, port: 40_000 + id },
    tcpState: 1,
    bytesSent: 0,
    bytesRetrans: 0,
    bytesAcked: 0,
    bytesReceived: 0,
    rttMs: 20,
    rttVarMs: 5,
    retransSegments: 0,
    congestionWindowSegments: 10,
    notSentBytes: 0,
    ...changes,
  };
}

function sample(subflows: SubflowSample[], kind: TransportSample["kind"] = "mptcp"): TransportSample {
  return { kind, token: 1, bytesSent: 0, bytesReceived: 0, bytesRetrans: 0, subflows };
}

describe("SubflowLedger", () => {
  it("gives the bytes since the sample before, by the UE's access", () => {
    const ledger = new SubflowLedger();
    expect(ledger.update(sample([subflow(1, { bytesSent: 100, bytesReceived: 10 })]), accessOf)).toEqual([
      { access: "wifi", uploadBytes: 10, downloadBytes: 100 },
    ]);
    const next = [subflow(1, { bytesSent: 150, bytesReceived: 10 }), subflow(2, { bytesSent: 70, bytesReceived: 7 })];
    expect(ledger.update(sample(next), accessOf)).toEqual([
      { access: "wifi", uploadBytes: 0, downloadBytes: 50 },
      { access: "lte", uploadBytes: 7, downloadBytes: 70 },
    ]);
  });

  it("counts what was sent again on the same path once", () => {
    const ledger = new SubflowLedger();
    ledger.update(sample([subflow(1, { bytesSent: 130, bytesRetrans: 30, retransSegments: 3 })]), accessOf);
    expect(ledger.reports()).toMatchObject([{ downloadBytes: 100, retransSegments: 3 }]);
  });

  it("never counts back, and nothing twice where the kernel's counter does", () => {
    const ledger = new SubflowLedger();
    const grown = [
      { bytesSent: 1000, bytesRetrans: 0 },
      { bytesSent: 1000, bytesRetrans: 100 },
      { bytesSent: 1250, bytesRetrans: 100 },
    ].map((counters) => ledger.update(sample([subflow(1, counters)]), accessOf)[0]?.downloadBytes);
    expect(grown).toEqual([1000, 0, 150]);
    expect(ledger.reports()[0]?.downloadBytes).toBe(1150);
  });

  it("keeps the counters of a path that vanished, as closed", () => {
    const ledger = new SubflowLedger();
    ledger.update(sample([subflow(1, { bytesSent: 5 }), subflow(2, { bytesSent: 80, bytesReceived: 8 })]), accessOf);
    expect(ledger.update(sample([subflow(1, { bytesSent: 6 })]), accessOf)).toHaveLength(1);
    expect(ledger.reports()).toMatchObject([
      { id: 1, downloadBytes: 6, isOpen: true },
      { id: 2, access: "lte", downloadBytes: 80, uploadBytes: 8, isOpen: false },
    ]);
  });

  it("shows a listed path as closed where TCP has closed it, and all of them after the end", () => {
    const ledger = new SubflowLedger();
    ledger.update(sample([subflow(1, { tcpState: 7 }), subflow(2)]), accessOf);
    expect(ledger.reports().map((path) => path.isOpen)).toEqual([false, true]);
    ledger.close();
    expect(ledger.reports().map((path) => path.isOpen)).toEqual([false, false]);
  });

  it("keeps the access that a path began with", () => {
    let access: Access = "wifi";
    const ledger = new SubflowLedger();
    ledger.update(sample([subflow(1, { bytesSent: 1 })]), () => access);
    access = "lte";
    expect(ledger.update(sample([subflow(1, { bytesSent: 3 })]), () => access)).toEqual([
      { access: "wifi", uploadBytes: 0, downloadBytes: 2 },
    ]);
  });

  it("counts a path on that fell back to TCP half-way, where it has another id", () => {
    const ledger = new SubflowLedger();
    const path = subflow(1, { bytesSent: 1000, bytesReceived: 100 });
    ledger.update(sample([path]), accessOf);
    const fallen = { ...path, id: 0, bytesSent: 1500 };
    expect(ledger.update(sample([fallen], "tcp-fallback"), accessOf)).toEqual([
      { access: "wifi", uploadBytes: 0, downloadBytes: 500 },
    ]);
    expect(ledger.reports()).toMatchObject([{ id: 1, downloadBytes: 1500, isOpen: true }]);
  });

  it("reports at most what a session report holds: the open paths and the last closed ones", () => {
    const ledger = new SubflowLedger();
    for (let id = 2; id <= 50; id += 1) ledger.update(sample([subflow(1), subflow(id, { bytesSent: id })]), accessOf);
    const ids = ledger.reports().map((path) => path.id);
    expect(ids).toHaveLength(32);
    expect(ids).toEqual(expect.arrayContaining([1, 21, 49, 50]));
    expect(ledger.reports().filter((path) => path.isOpen)).toHaveLength(2);
  });

  it("gives deltas that sum to the paths' totals, whatever comes and goes", () => {
    const step = fc.record({
      id: fc.integer({ min: 1, max: 4 }),
      sent: fc.nat(10_000),
      retrans: fc.nat(500),
      received: fc.nat(10_000),
    });
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 12 }), (turns) => {
        const ledger = new SubflowLedger();
        const paths = new Map<number, SubflowSample>();
        const totals = { uploadBytes: 0, downloadBytes: 0 };
        for (const turn of turns) {
          for (const { id, sent, retrans, received } of turn) {
            const path = paths.get(id) ?? subflow(id);
            paths.set(id, {
              ...path,
              bytesSent: path.bytesSent + sent + retrans,
              bytesRetrans: path.bytesRetrans + retrans,
              bytesReceived: path.bytesReceived + received,
            });
          }
          const listed = [...new Set(turn.map(({ id }) => id))].flatMap((id) => paths.get(id) ?? []);
          for (const delta of ledger.update(sample(listed), accessOf)) {
            expect(Math.min(delta.uploadBytes, delta.downloadBytes)).toBeGreaterThanOrEqual(0);
            totals.uploadBytes += delta.uploadBytes;
            totals.downloadBytes += delta.downloadBytes;
          }
        }
        const sum = (key: "uploadBytes" | "downloadBytes"): number =>
          ledger.reports().reduce((bytes, path) => bytes + path[key], 0);
        expect(totals).toEqual({ uploadBytes: sum("uploadBytes"), downloadBytes: sum("downloadBytes") });
        expect(ledger.reports()).toHaveLength(paths.size);
      }),
    );
  });
});
