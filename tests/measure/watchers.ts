/**
 * `npm run measure -- watchers`: 200 event streams of signed-in staff (`--watchers`) on one portal as shipped, while its
 * node reports five times a second. How far each event is behind the moment of its making, and what the portal's process
 * costs, for 30 s; the same with one watcher beside it.
 */
import { parseArgs } from "node:util";
import { liveEventSchema } from "@/lib/contracts/live";
import { EventStreamParser } from "@/lib/shared/event-stream";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { cpuSeconds } from "../factories/process-cost";
import { SignedInStaff } from "../factories/started-demo";
import { startProduct } from "../factories/started-product";

const { values: options } = parseArgs({
  options: { watchers: { type: "string", default: "200" }, quick: { type: "boolean", default: false } },
});
const watchers = Number(options.watchers);
const seconds = options.quick ? 10 : 30;
const goalMs = 1000;

type Watched = { behindMs: number[]; events: number; bytes: number };

/** Follow the stream until aborted; only rates say when they were made. */
async function watch(staff: SignedInStaff, watched: Watched, signal: AbortSignal): Promise<void> {
  const response = await staff.fetch("/api/live", { signal });
  if (!response.ok || response.body === null) throw new Error(`live: ${response.status}`);
  const parser = new EventStreamParser();
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      const atMs = Date.now();
      watched.bytes += chunk.length;
      for (const { data } of parser.push(decoder.decode(chunk, { stream: true }))) {
        if (!data.includes('"type":"rate"')) continue;
        const event = liveEventSchema.parse(JSON.parse(data));
        if (event.type !== "rate") continue;
        watched.events += 1;
        watched.behindMs.push(atMs - Date.parse(event.rate.at));
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

console.log(describeMachine());
const product = await startProduct();
try {
  const staff = await SignedInStaff.byLink(product);
  const pid = await product.portalPid();
  const run = async (count: number): Promise<{ worstMs: number; cores: number }> => {
    const abort = new AbortController();
    const all: Watched[] = Array.from({ length: count }, () => ({ behindMs: [], events: 0, bytes: 0 }));
    const streams = all.map((watched) => watch(staff, watched, abort.signal));
    const failure = Promise.all(streams);
    await Promise.race([failure, sleep(5000)]);
    for (const watched of all) Object.assign(watched, { behindMs: [], events: 0, bytes: 0 });
    const [cpu, began] = [cpuSeconds(pid), performance.now()];
    await Promise.race([failure, sleep(seconds * 1000)]);
    const cores = (cpuSeconds(pid) - cpu) / ((performance.now() - began) / 1000);
    abort.abort();
    await failure;
    const behind = all.flatMap(({ behindMs }) => behindMs).sort((a, b) => a - b);
    const worstMs = behind.at(-1) ?? Number.POSITIVE_INFINITY;
    const fewest = Math.min(...all.map(({ events }) => events));
    console.log(
      `${count} watchers: ${(100 * cores).toFixed(1)} % of a core; events behind median ${median(behind).toFixed(0)}, p99 ${behind[Math.floor(behind.length * 0.99)]}, worst ${worstMs} ms; at least ${(fewest / seconds).toFixed(1)} rates a second each, ${(all.reduce((sum, { bytes }) => sum + bytes, 0) / seconds / 1e6).toFixed(2)} MB/s`,
    );
    return { worstMs, cores };
  };
  await run(1);
  const { worstMs, cores } = await run(watchers);
  conclude(
    "watchers",
    `${watchers} watchers at most ${worstMs} ms behind, ${(100 * cores).toFixed(1)} % of a core`,
    `< ${goalMs} ms`,
    worstMs < goalMs,
  );
} finally {
  await product.stop();
}
