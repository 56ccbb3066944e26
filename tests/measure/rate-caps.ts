/**
 * `npm run measure -- rate-caps`: the product as shipped, preset city (LTE 75 Mbit/s, WiFi 150): a total cap of 40 Mbit/s
 * and an LTE cap of 10 Mbit/s, published through the portal's API, with 1, 4 and 16 parallel transfers of one device.
 * Caps count payload. The total is told twice: what the node relayed, from the first session's start until the subscriber is
 * suspended, which ends all of them; and what the paths carried over 10 s, once windows and buffers had filled in the first
 * two. LTE is what its paths carried over 10 s. Option: `--rounds N` (default 3).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sessionListSchema } from "@/lib/contracts/portal";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { LiveRates } from "../factories/live-rates";
import { PortalDesk } from "../factories/portal-desk";
import { SignedInStaff, type StartedDemo, startDemo } from "../factories/started-demo";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const rounds = Number(values.rounds);
const goalPercent = 5;
const counts = [1, 4, 16];
const rampMs = 2000;
const spanMs = 10_000;
const objectBytes = 8_000_000_000;
const endMs = 20_000;
const nodeId = "testbed-proxy";
const deviceId = "demo-ue";

type Direction = "download" | "upload";
type Cap = {
  name: string;
  mbps: number;
  settings: { totalRateKbps: number | null; lteRateKbps: number | null };
  directions: readonly Direction[];
};
const caps: Cap[] = [
  {
    name: "total cap 40 Mbit/s",
    mbps: 40,
    settings: { totalRateKbps: 40_000, lteRateKbps: null },
    directions: ["download", "upload"],
  },
  {
    name: "LTE cap 10 Mbit/s",
    mbps: 10,
    settings: { totalRateKbps: null, lteRateKbps: 10_000 },
    directions: ["download"],
  },
];

function startTransfers(demo: StartedDemo, direction: Direction, count: number, file: string): ChildProcess[] {
  const content = `http://${demo.contentAddress}`;
  const what = direction === "download" ? [`${content}/large.bin`] : ["-H", "Expect:", "-T", file, `${content}/upload`];
  const curl = ["curl", "-s", "-o", "/dev/null", "-x", "http://127.0.0.1:1080", ...what];
  const args = ["netns", "exec", demo.namespace("ue"), ...curl];
  return Array.from({ length: count }, () => spawn("ip", args, { stdio: "ignore" }));
}

/** What the sessions that began since then have relayed, once all of them have ended. */
async function relayedMbps(staff: SignedInStaff, { direction, count }: Transfers, since: number): Promise<number> {
  for (const deadline = Date.now() + endMs; Date.now() < deadline; await sleep(100)) {
    const page = sessionListSchema.parse(await staff.call("GET", "/api/sessions?state=ended&limit=100"));
    const rows = page.items.filter(({ startedAt }) => Date.parse(startedAt) >= since);
    if (rows.length < count) continue;
    const bytes = rows.reduce((sum, row) => sum + (direction === "upload" ? row.uploadBytes : row.downloadBytes), 0);
    const began = Math.min(...rows.map(({ startedAt }) => Date.parse(startedAt)));
    const ended = Math.max(...rows.map(({ end }) => Date.parse(end?.at ?? "")));
    return (bytes * 8) / (ended - began) / 1000;
  }
  throw new Error(`${count} sessions did not end within ${endMs} ms`);
}

type Transfers = { direction: Direction; count: number; file: string };
type Watched = { demo: StartedDemo; staff: SignedInStaff; desk: PortalDesk; rates: LiveRates };

/** Megabits a second by where they were seen. */
type Seen = Record<string, number>;

async function measure({ demo, staff, desk, rates }: Watched, isLteOnly: boolean, asked: Transfers): Promise<Seen> {
  const began = Date.now();
  const transfers = startTransfers(demo, asked.direction, asked.count, asked.file);
  try {
    await sleep(rampMs);
    const from = Date.now();
    await sleep(spanMs);
    if (transfers.some(({ exitCode }) => exitCode !== null)) throw new Error(`${asked.direction}: one ended early`);
    if (isLteOnly) return { "on LTE": rates.meanMbps(asked.direction, ["lte"], from, Date.now()) };
    const onPaths = rates.meanMbps(asked.direction, ["lte", "wifi"], from, Date.now());
    await desk.changeSubscriber(deviceId, { state: "suspended" });
    return { relayed: await relayedMbps(staff, asked, began), "on the paths": onPaths };
  } finally {
    for (const transfer of transfers) transfer.kill("SIGKILL");
    await desk.changeSubscriber(deviceId, { state: "active" });
    await sleep(1000);
  }
}

function deviationPercent(mbps: number, capMbps: number): number {
  return (Math.abs(mbps - capMbps) / capMbps) * 100;
}

console.log(describeMachine());
const demo = await startDemo({ preset: "city" });
let rates: LiveRates | null = null;
try {
  const staff = await SignedInStaff.byLink(demo);
  const desk = new PortalDesk(staff);
  rates = new LiveRates(staff);
  const file = join(demo.dataDir, "testbed/objects/large.bin");
  const object = await open(file, "w");
  await object.truncate(objectBytes);
  await object.close();
  let worst = 0;
  for (const { name, mbps, settings, directions } of caps) {
    const { version } = await desk.publishClass("gold", settings);
    await desk.untilApplied(version, nodeId);
    for (const direction of directions)
      for (const count of counts) {
        const seen: Seen[] = [];
        for (let round = 0; round < rounds; round += 1)
          seen.push(
            await measure({ demo, staff, desk, rates }, settings.lteRateKbps !== null, { direction, count, file }),
          );
        for (const where of Object.keys(seen[0] ?? {})) {
          const figures = seen.map((figure) => figure[where] ?? Number.NaN);
          const deviations = figures.map((figure) => deviationPercent(figure, mbps));
          worst = Math.max(worst, ...deviations);
          console.log(
            `${name}, ${count} parallel ${direction}s, ${where}: median ${median(figures).toFixed(2)} Mbit/s, worst ${Math.max(...deviations).toFixed(2)} % off; ${rounds} runs of ${spanMs / 1000} s`,
          );
        }
      }
  }
  conclude("rate-caps", `worst deviation ${worst.toFixed(2)} %`, `≤ ${goalPercent} %`, worst <= goalPercent);
} finally {
  await rates?.stop();
  await demo.stop();
}
