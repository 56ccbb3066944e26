/**
 * Thousands of short sessions through an agent and a proxy engine, cut at random places by every party. Prints one
 * JSON line. Arguments: sessions, seed, and for how many minutes rounds of so many sessions follow one another (one
 * round). Plain node runs it (fuzz.test.ts), and node under ASan (sanitize.test.ts, the measure sanitize-load).
 */
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { mptcp, type RelayEngine, type RelayEvent } from "@/lib/mptcp";
import { dial, makePayload, receiveAll, startDeafPort, startServer } from "./net-ends";
import { countDescriptors, type StartedRelay, startRelay, waitFor } from "./start-relay";

const sessions = Number(process.argv[2] ?? 2000);
const seed = Number(process.argv[3] ?? 1);
const untilMs = Date.now() + Number(process.argv[4] ?? 0) * 60_000;
const parallel = 40;

/** mulberry32: small, and the same sequence for the same seed. */
function startRandom(state: number): () => number {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = startRandom(seed);
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
const lengths = [0, 1, 100, 16_384, 65_536, 65_537, 400_000, 1_500_000];
const payloads = lengths.map((length) => makePayload(length));

/** The server does what the first byte says. */
function serve(socket: Socket): void {
  socket.once("data", (data: Buffer) => {
    const wanted = data.toString("latin1", 0, 1);
    if (wanted === "E") {
      socket.write(data);
      socket.pipe(socket);
    } else if (wanted === "R") {
      socket.write(Buffer.alloc(pick(lengths)));
      setTimeout(() => socket.resetAndDestroy(), random() * 20);
    } else if (wanted === "F") {
      socket.end(Buffer.alloc(pick(lengths)));
      socket.resume();
    } else {
      setTimeout(() => socket.destroy(), 30);
    }
  });
}

const limits = [1, 2, 3];
const rates = [null, 300_000, 4_000_000, 40_000_000, 400_000_000];
const changeLimit = (engine: RelayEngine, limit: number) =>
  engine.setRateLimit(limit, { uploadBytesPerSecond: pick(rates), downloadBytesPerSecond: pick(rates) });

/** Rates change all the time; now and then a limit goes and another of its name comes. */
function changeLimits(engine: RelayEngine): void {
  const limit = pick(limits);
  if (random() < 0.3) engine.dropRateLimit(limit);
  changeLimit(engine, limit);
}

/** Somebody, nobody, or a port that says nothing. */
const target = () => ({
  address: "127.0.0.1",
  port: pick([server.port, 9, deaf.port]),
  localAddress: null,
  mptcp: random() < 0.5,
  timeoutMs: pick([1, 30]),
});

/** The owner of an engine interferes at random with sessions whose client asked for it (first byte "C"). */
function meddle(engine: RelayEngine, event: RelayEvent): void {
  if (event.type === "accepted" && random() < 0.6) {
    engine.limitConnection(event.connection, pick(limits));
    setTimeout(() => engine.limitConnection(event.connection, pick([...limits, null])), random() * 40);
  }
  if (event.type === "accepted" && event.data[0] === 0x43) {
    const { connection } = event;
    const deeds = [
      () => engine.close(connection, "reset"),
      () => engine.close(connection, "flush"),
      () => engine.relay(connection, { uploadLimitBytes: Math.floor(random() * 1000) }),
      () => engine.read(connection, pick(["client", "upstream"] as const)),
      () => engine.write(connection, pick(["client", "upstream"] as const), Buffer.alloc(pick(lengths))),
      () => engine.connect(connection, target()),
      () => engine.connectBeside(connection, target()),
      () => {
        engine.connect(connection, { ...target(), ...(random() < 0.5 ? { answer: Buffer.from("answer") } : {}) });
        for (let i = 0; i < 3; i += 1) setTimeout(() => engine.connectBeside(connection, target()), random() * 10);
      },
      () => engine.pass(connection, pick(["client", "upstream"] as const), pick([0, 100])),
      () =>
        engine.connect(connection, {
          address: "127.0.0.1",
          port: server.port,
          localAddress: null,
          mptcp: false,
          timeoutMs: 1000,
          answer: Buffer.from("answer"),
        }),
      () => engine.sample(1, [connection, connection + 1], ["client", "upstream"]),
      () => engine.limitConnection(connection, pick([...limits, null])),
      () => engine.boundSendBuffer(connection, pick(["client", "upstream"] as const), pick([1, 100_000, 10_000_000])),
    ];
    for (let i = 0; i < 4; i += 1) setTimeout(() => pick(deeds)(), random() * 15);
    setTimeout(() => engine.close(connection, "reset"), 400);
  } else if (event.type === "upload-limit") {
    setTimeout(() => engine.relay(event.connection), random() * 5);
  }
}

async function runSession(port: number): Promise<string | null> {
  const kind = pick(["E", "E", "E", "R", "F", "S", "C", "gone"]);
  const client = await dial(port);
  if (kind === "gone") {
    if (random() < 0.5) client.resetAndDestroy();
    else client.destroy();
    return null;
  }
  const isWhole = kind === "E" && random() < 0.6;
  const payload = pick(payloads);
  const received = receiveAll(client, random() < 0.2 ? 1 : 0);
  client.write(kind);
  if (isWhole) {
    client.end(payload.bytes);
    const { bytes, end } = await received;
    client.destroy();
    return bytes === payload.bytes.length + 1 && end === "fin"
      ? null
      : `echo of ${payload.bytes.length}: ${bytes} ${end}`;
  }
  client.write(payload.bytes);
  await sleep(random() * 25);
  /* Node leaks a socket that is reset while its own FIN is still on the way. */
  if (random() < 0.5) client.resetAndDestroy();
  else client.end(() => client.destroy());
  return null;
}

async function runLane(port: number, count: number): Promise<string[]> {
  const faults: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const fault = await runSession(port);
    if (fault !== null) faults.push(fault);
  }
  return faults;
}

/** Each connection: first `accepted`, last `closed`, both once. */
function checkOrder({ events }: StartedRelay): string[] {
  const open = new Set<number>();
  const faults: string[] = [];
  for (const event of events) {
    if (event.type === "sampled" || event.type === "paths") continue;
    if (event.type === "accepted") {
      if (open.has(event.connection)) faults.push(`${event.connection} accepted twice`);
      open.add(event.connection);
    } else if (!open.has(event.connection)) {
      faults.push(`${event.type} for ${event.connection}, which is not open`);
    } else if (event.type === "closed") {
      open.delete(event.connection);
    }
  }
  return open.size > 0 ? [...faults, `${open.size} never closed`] : faults;
}

/* libuv opens a reserve descriptor with the first server and keeps it. */
await (await startServer(() => undefined)).close();
const deaf = await startDeafPort();
const before = countDescriptors();
const server = await startServer(serve);

function startMeddled(plan: Parameters<typeof startRelay>[0]): StartedRelay {
  const relay = startRelay({ ...plan, handshakeTimeoutMs: 2000, onEvent: (event) => meddle(relay.engine, event) });
  for (const limit of limits) changeLimit(relay.engine, limit);
  return relay;
}

/** Sessions that have not ended, with all that was heard of them. */
async function describeLeft(relay: StartedRelay): Promise<void> {
  relay.engine.sample(3, null, ["client", "upstream"]);
  const answer = await waitFor("the sample", () => relay.all("sampled").find((event) => event.request === 3));
  for (const sample of answer.samples) {
    const heard = relay.events.filter((event) => "connection" in event && event.connection === sample.connection);
    console.error(JSON.stringify({ sample, heard: heard.map((event) => event.type) }));
  }
}

/** New engines, and all sessions through them. */
async function runRound(): Promise<{ accepted: number; faults: string[] }> {
  const proxy = startMeddled({ upstreamPort: server.port, isMptcpIn: true });
  const agent = startMeddled({ upstreamPort: proxy.listener.port, isMptcpOut: true });
  const relays = [proxy, agent];
  const sampler = setInterval(() => {
    for (const relay of relays) {
      relay.engine.sample(2, null, ["client", "upstream"]);
      changeLimits(relay.engine);
    }
  }, 10);
  const lanes = Array.from({ length: parallel }, (_, lane) =>
    runLane(lane % 4 === 0 ? proxy.listener.port : agent.listener.port, Math.ceil(sessions / parallel)),
  );
  const faults = (await Promise.all(lanes)).flat();
  for (const relay of relays) {
    const isEmpty = () => relay.engine.stats().connections === 0;
    await waitFor("every session to end", isEmpty, 15_000).catch(async (error: Error) => {
      faults.push(error.message);
      await describeLeft(relay);
    });
  }
  clearInterval(sampler);
  const accepted = agent.engine.stats().accepted + proxy.engine.stats().accepted;
  for (const relay of relays) await relay.engine.stop();
  for (const relay of relays) faults.push(...checkOrder(relay));
  return { accepted, faults };
}

const faults: string[] = [];
let rounds = 0;
let accepted = 0;
do {
  const round = await runRound();
  accepted += round.accepted;
  faults.push(...round.faults);
  rounds += 1;
} while (Date.now() < untilMs && faults.length === 0);
await server.close();
const manager = mptcp.openPathManager();
manager.endpoints();
manager.onEvent(() => undefined);
manager.close();
await waitFor("descriptors to come back", () => countDescriptors() <= before, 5000).catch((error: Error) =>
  faults.push(`${error.message}: ${before} before, ${countDescriptors()} now`),
);
deaf.close();
console.log(JSON.stringify({ accepted, faults, rounds, before, after: countDescriptors() }));
