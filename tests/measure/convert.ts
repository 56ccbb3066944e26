/**
 * `npm run measure -- convert`: from a program's `connect` to the first byte of the answer to its GET, through the agent
 * over one link: asked by SOCKS5, by Convert, and by Convert with TCP Fast Open, in turn. A round trip is a TCP handshake
 * with the proxy over that link. Options: `--runs N` (default 31).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { conclude, describeMachine, median } from "../factories/figures";
import { startAgentProcess, ueAddress } from "../factories/started-agent";
import { type StartedDemo, startDemo } from "../factories/started-demo";
import { listedName } from "../factories/transparent-checks";

const { values } = parseArgs({ options: { runs: { type: "string", default: "31" } } });
const runs = Number(values.runs);
const goalRoundTrips = 0.8;

const ways = ["SOCKS5", "Convert", "Convert with Fast Open"] as const;
type Way = (typeof ways)[number];
type Figures = { rttMs: number; medianMs: Record<Way, number> };

/** Runs in the UE's namespace and prints JSON: the time to the first byte, and the answer without what always differs. */
const program = (port: number): string => `
  const net = require("node:net");
  const start = performance.now();
  let firstByteMs = 0, text = "";
  const socket = net.connect(${port}, "127.0.0.1");
  socket.write("GET http://${listedName}/ HTTP/1.1\\r\\nHost: ${listedName}\\r\\nConnection: close\\r\\n\\r\\n");
  socket.on("data", (chunk) => {
    firstByteMs ||= performance.now() - start;
    text += chunk;
  });
  socket.on("end", () => console.log(JSON.stringify({ firstByteMs, answer: text.replace(/^Date:.*$/m, "") })));`;

async function ask(demo: StartedDemo, port: number): Promise<{ firstByteMs: number; answer: string }> {
  const { stdout, stderr } = await demo.runIn("ue", process.execPath, ["-e", program(port)]);
  if (stdout === "") throw new Error(`no answer on port ${port}: ${stderr}`);
  return JSON.parse(stdout);
}

async function roundTripMs(demo: StartedDemo, localAddress: string): Promise<number> {
  const script = `
    const net = require("node:net");
    const one = () => new Promise((resolve) => {
      const start = performance.now();
      const to = { host: "${demo.proxyAddress}", port: 1080, localAddress: "${localAddress}" };
      const socket = net.connect(to, () => { resolve(performance.now() - start); socket.destroy(); });
    });
    (async () => {
      const times = [];
      for (let i = 0; i < 15; i++) times.push(await one());
      console.log(times.sort((a, b) => a - b)[7]);
    })();`;
  return Number((await demo.runIn("ue", process.execPath, ["-e", script])).stdout);
}

/** Fast Open is the UE's kernel's to do or not. */
async function setFastOpen(demo: StartedDemo, isOn: boolean): Promise<void> {
  await demo.runIn("ue", "sysctl", ["-qw", `net.ipv4.tcp_fastopen=${isOn ? 1 : 0}`]);
}

async function measureLink(demo: StartedDemo, link: "lte" | "wifi", firstPort: number): Promise<Figures> {
  const address = await ueAddress(demo, `${link}0`);
  const folders: string[] = [];
  const start = async (port: number, more: string[]) => {
    const folder = await mkdtemp(join(tmpdir(), "twinpath-agent-"));
    folders.push(folder);
    const args = [`--${link}`, address, "--port", String(port), "--page-port", "0", ...more];
    return startAgentProcess(demo, folder, args, await demo.enrolDevice());
  };
  const agents = [await start(firstPort, []), await start(firstPort + 1, ["--convert"])];
  try {
    const times: Record<Way, number[]> = { SOCKS5: [], Convert: [], "Convert with Fast Open": [] };
    const answers = new Set<string>();
    // The first two of each way only warm up: names, cookies, code.
    for (let run = -2; run < runs; run += 1)
      for (const way of ways) {
        await setFastOpen(demo, way === "Convert with Fast Open");
        const { firstByteMs, answer } = await ask(demo, way === "SOCKS5" ? firstPort : firstPort + 1);
        answers.add(answer);
        if (run >= 0) times[way].push(firstByteMs);
      }
    if (answers.size !== 1) throw new Error(`the ways gave ${answers.size} different answers`);
    const rttMs = await roundTripMs(demo, address);
    console.log(`${link}: round trip ${rttMs.toFixed(1)} ms; to the first byte, median (worst) of ${runs}:`);
    for (const way of ways) {
      const middle = median(times[way]);
      const trips = (middle / rttMs).toFixed(2);
      console.log(`  ${way}: ${middle.toFixed(1)} ms (${Math.max(...times[way]).toFixed(1)}), ${trips} round trips`);
    }
    const medianMs = Object.fromEntries(ways.map((way) => [way, median(times[way])])) as Record<Way, number>;
    return { rttMs, medianMs };
  } finally {
    for (const agent of agents) await agent.stop();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  }
}

console.log(describeMachine());
const demo = await startDemo();
try {
  const saved: number[] = [];
  const figures: string[] = [];
  for (const [link, port] of [
    ["lte", 1280],
    ["wifi", 1290],
  ] as const) {
    const { rttMs, medianMs } = await measureLink(demo, link, port);
    const byConvert = (medianMs.SOCKS5 - medianMs.Convert) / rttMs;
    const byFastOpen = (medianMs.Convert - medianMs["Convert with Fast Open"]) / rttMs;
    saved.push(byConvert, byFastOpen);
    figures.push(`${link.toUpperCase()} ${byConvert.toFixed(2)} and ${byFastOpen.toFixed(2)}`);
  }
  conclude(
    "convert",
    `round trips saved by Convert, and by Fast Open besides: ${figures.join(", ")}`,
    `≥ ${goalRoundTrips} each`,
    saved.every((trips) => trips >= goalRoundTrips),
  );
} finally {
  await demo.stop();
}
