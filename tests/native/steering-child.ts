/** Steers single subflows of a running MPTCP download and prints what came of it, as one JSON line. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { mptcp, type PathManagerEvent, type SubflowAddress, type SubflowSample } from "@/lib/mptcp";
import { startServer } from "./net-ends";
import { startRelay, waitFor } from "./start-relay";
import { lteAddress, proxyAddress, runDevice, startDevice } from "./two-networks";

const bytesPerMbit = 125_000;
const unsentLimitBytes = 128 * 1024;
const inFlightLimitBytes = 64 * 1024;
const startBytes = 700_000;

/** A server that answers any request with bytes without end, until it is told to end. */
async function startSource() {
  const block = Buffer.alloc(1 << 18, "MPTCP ");
  const sent = { hash: createHash("sha256"), bytes: 0, isEnding: false };
  const server = await startServer((socket) => {
    const send = (): void => {
      while (!sent.isEnding && !socket.writableNeedDrain) {
        const next = Buffer.from(block);
        next.writeDoubleLE(sent.bytes);
        sent.hash.update(next);
        sent.bytes += next.length;
        socket.write(next);
      }
      if (sent.isEnding) socket.end();
    };
    socket.on("drain", send);
    socket.once("data", send);
  });
  return {
    ...server,
    end: () => {
      sent.isEnding = true;
    },
    sent: () => ({ bytes: sent.bytes, sha256: sent.hash.copy().digest("hex") }),
  };
}

type Reading = { atMs: number; token: number; lte: SubflowSample | null; wifi: SubflowSample | null };

function startProxy(upstreamPort: number, listenAddress: string) {
  const waiting = new Map<number, (reading: Reading) => void>();
  let requests = 0;
  const relay = startRelay({
    upstreamPort,
    isMptcpIn: true,
    listenAddress,
    onEvent: (event) => {
      if (event.type !== "sampled") return;
      const client = event.samples[0]?.client;
      const open = (client?.subflows ?? []).filter(({ tcpState }) => tcpState === 1);
      waiting.get(event.request)?.({
        atMs: performance.now(),
        token: client?.token ?? 0,
        lte: open.find(({ remote }) => remote.address === lteAddress) ?? null,
        wifi: open.find(({ remote }) => remote.address !== lteAddress) ?? null,
      });
      waiting.delete(event.request);
    },
  });
  const read = (): Promise<Reading> =>
    new Promise((resolve) => {
      requests += 1;
      waiting.set(requests, resolve);
      relay.engine.sample(requests, null, ["client"]);
    });
  return { relay, read };
}

type Proxy = ReturnType<typeof startProxy>;

function newBytes(subflow: SubflowSample | null): number {
  return subflow ? subflow.bytesSent - subflow.bytesRetrans : 0;
}

function mbpsBetween(a: Reading, b: Reading, path: "lte" | "wifi"): number {
  return ((newBytes(b[path]) - newBytes(a[path])) * 8) / 1000 / (b.atMs - a.atMs);
}

/**
 * Of up to three tries the one nearest to what was asked, since a machine that has no time for a while makes any rate
 * low; and the highest, for no try may go beyond.
 */
async function tries(asked: number, measured: () => Promise<number>): Promise<{ nearest: number; highest: number }> {
  const got = [await measured()];
  const nearest = (): number =>
    got.reduce((best, one) => (Math.abs(one - asked) < Math.abs(best - asked) ? one : best));
  while (got.length < 3 && Math.abs(nearest() / asked - 1) > 0.02) got.push(await measured());
  return { nearest: nearest(), highest: Math.max(...got) };
}

/** Rates over the time. */
async function measure({ read }: Proxy, durationMs: number): Promise<{ lte: number; wifi: number }> {
  const before = await read();
  await sleep(durationMs);
  const after = await read();
  return { lte: mbpsBetween(before, after, "lte"), wifi: mbpsBetween(before, after, "wifi") };
}

/** LTE's mean rate from 20 ms after the act to 320 ms after it. */
async function rateAfter(proxy: Proxy, act: () => void): Promise<number> {
  act();
  await sleep(20);
  return (await measure(proxy, 300)).lte;
}

/** After how many ms LTE sent its last byte, seen over 500 ms. */
async function drainMs({ read }: Proxy, act: () => void): Promise<number> {
  const start = performance.now();
  let last = await read();
  act();
  while (performance.now() < start + 500) {
    const reading = await read();
    if (newBytes(reading.lte) !== newBytes(last.lte)) last = reading;
    await sleep(2);
  }
  return last.atMs - start;
}

function lteOf(reading: Reading): SubflowAddress {
  if (!reading.lte) throw new Error("LTE has no subflow");
  return { token: reading.token, local: reading.lte.local, remote: reading.lte.remote };
}

function errorCode(call: () => void): string {
  try {
    call();
    return "";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

function startListening() {
  const manager = mptcp.openPathManager();
  const events: PathManagerEvent[] = [];
  manager.onEvent((event) => events.push(event));
  const count = (type: PathManagerEvent["type"]): number =>
    events.filter((event) => event.type === type && event.remote?.address === lteAddress).length;
  const joined = (times: number): Promise<boolean> =>
    waitFor(`join ${times} of LTE`, () => count("subflow-established") === times);
  const closed = (times: number): Promise<boolean> =>
    waitFor(`end ${times} of LTE`, () => count("subflow-closed") === times);
  return { manager, events, joined, closed };
}

/** The proxy's side and the device's, with a source of bytes behind. */
async function startBoth(listenAddress: string) {
  const device = await startDevice();
  const source = await startSource();
  const proxy = startProxy(source.port, listenAddress);
  await device.tell({ do: "start", port: proxy.relay.listener.port });
  const stop = async (): Promise<void> => {
    device.stop();
    await proxy.relay.engine.stop();
    await source.close();
  };
  return { device, source, proxy, stop };
}

/** Every way to steer, one after the other, under one download. */
async function steer(): Promise<unknown> {
  const { manager, events, joined, closed } = startListening();
  const kinds = [manager.kind()];
  manager.setKind("userspace");
  kinds.push(manager.kind());
  const { device, source, proxy, stop } = await startBoth(proxyAddress);
  const pacer = mptcp.openPacer();
  const pace = (subflow: SubflowAddress, mbps: number | null): void =>
    pacer.setRate(subflow, mbps === null ? null : mbps * bytesPerMbit);

  const download = device.download();
  await joined(1);
  await sleep(500);
  const free = await measure(proxy, 1000);
  const lte = lteOf(await proxy.read());

  const paced: { asked: number; nearest: number; highest: number }[] = [];
  for (const asked of [5, 20, 50]) {
    pace(lte, asked);
    await sleep(300);
    paced.push({ asked, ...(await tries(asked, async () => (await measure(proxy, 2000)).lte)) });
  }
  const lowered = await rateAfter(proxy, () => pace(lte, 10));
  const raised = await rateAfter(proxy, () => pace(lte, 50));
  pace(lte, 10);
  await sleep(1000);
  pacer.setRates([{ subflow: lte, bytesPerSecond: null, unsentLimitBytes, isRestart: true }]);
  await sleep(500);
  const freed = await measure(proxy, 1000);
  const unsentBytes = (await proxy.read()).lte?.notSentBytes;
  pacer.setRates([{ subflow: lte, bytesPerSecond: null, inFlightLimitBytes }]);
  await sleep(500);
  const windowSegments = (await proxy.read()).lte?.congestionWindowSegments;
  const bounded = await measure(proxy, 500);
  pacer.setRates([{ subflow: lte, bytesPerSecond: null, inFlightLimitBytes: null }]);
  pace(lte, 5);
  const whileLowered = await measure(proxy, 1000);
  pacer.setRates([{ subflow: lte, bytesPerSecond: null, unsentLimitBytes: null }]);
  await sleep(300);

  const backupMs = await drainMs(proxy, () => manager.setSubflowBackup(lte, true));
  const asBackup = await measure(proxy, 500);
  pacer.setRates([{ subflow: lte, bytesPerSecond: null, isRestart: true, startBytes }]);
  const startSegments = (await proxy.read()).lte?.congestionWindowSegments;
  manager.setSubflowBackup(lte, false);
  await sleep(300);
  const asActive = await measure(proxy, 500);

  manager.destroySubflow(lte);
  await closed(1);
  const ofGone = [
    errorCode(() => manager.setSubflowBackup(lte, true)),
    errorCode(() => manager.destroySubflow(lte)),
    errorCode(() => pace(lte, 1)),
  ];
  const alone = await measure(proxy, 500);
  await device.tell({ do: "rejoin" });
  await joined(2);
  await device.tell({ do: "rejoin" });
  await closed(2);
  await joined(3);
  await sleep(500);
  const again = await measure(proxy, 500);
  source.end();
  const received = await download;
  const sent = source.sent();
  await waitFor("the connection's end", () => events.some(({ type }) => type === "closed"));
  ofGone.push(errorCode(() => manager.destroySubflow(lte)));

  manager.setKind("kernel");
  kinds.push(manager.kind());
  pacer.close();
  const ofClosed = errorCode(() => pace(lte, 1));
  await stop();
  manager.close();
  const rates = {
    free,
    paced,
    lowered,
    raised,
    freed,
    unsentBytes,
    windowSegments,
    bounded,
    whileLowered,
    startSegments,
  };
  return { kinds, ...rates, backupMs, asBackup, asActive, ofGone, alone, again, sent, received, events, ofClosed };
}

/** Which subflows obey: those of IPv4 clients of an IPv6 listener do, those of the kernel's path manager do not. */
async function obey(): Promise<unknown> {
  const { manager, joined, closed } = startListening();
  manager.setKind("userspace");
  const { device, source, proxy, stop } = await startBoth("::");
  const download = device.download();
  await joined(1);
  await sleep(200);
  const lte = lteOf(await proxy.read());
  const pacer = mptcp.openPacer();
  pacer.setRate({ ...lte, token: lte.token === 1 ? 2 : 1 }, bytesPerMbit);
  await sleep(50);
  const ofOtherToken = await measure(proxy, 300);
  pacer.setRates([{ subflow: lte, bytesPerSecond: 10 * bytesPerMbit }]);
  await sleep(50);
  const paced = await measure(proxy, 1000);
  pacer.setRate(lte, null);
  manager.setSubflowBackup(lte, true);
  await sleep(500);
  const asBackup = await measure(proxy, 300);
  manager.destroySubflow(lte);
  await closed(1);
  manager.setKind("kernel");
  source.end();
  await download;
  const other = await startSource();
  const { relay, read } = startProxy(other.port, proxyAddress);
  await device.tell({ do: "start", port: relay.listener.port });
  const second = device.download();
  await joined(2);
  const underKernel = lteOf(await read());
  const errors = [
    errorCode(() => manager.setSubflowBackup(underKernel, true)),
    errorCode(() => manager.destroySubflow(underKernel)),
    errorCode(() => manager.destroySubflow({ ...underKernel, token: 0 })),
    errorCode(() => pacer.setRate(underKernel, 0)),
  ];
  other.end();
  await second;
  await relay.engine.stop();
  await other.close();
  await stop();
  pacer.close();
  manager.close();
  return { ofOtherToken, paced, asBackup, errors };
}

const scenarios: Record<string, () => Promise<unknown>> = { steer, obey, device: runDevice };
const [name = ""] = process.argv.slice(2);
const result = await scenarios[name]?.();
if (name !== "device") console.log(JSON.stringify(result));
process.exit(0);
