/**
 * `npm run measure -- takeover`: the proxy's process is replaced again and again under 200 short connections a second and
 * four downloads over both paths; what fails, how long accepting stalls (also without a takeover, under the same load), and
 * how long a takeover takes.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { startPacedSource } from "../factories/paced-source";
import { startShortConnections } from "../factories/short-connections";
import { SignedInStaff, startDemo } from "../factories/started-demo";

const takeovers = 5;
const downloads = 4;
const perSecond = 200;
/** 100 kB each: 20 MB at 3 MB/s, over both paths and below what they carry. */
const blocks = 200;
const blocksPerSecond = 30;

console.log(describeMachine());
const demo = await startDemo();
try {
  const staff = await SignedInStaff.byLink(demo);
  const source = await startPacedSource(demo);
  const device = await demo.enrolDevice();
  const sha256 = source.sha256(blocks);
  const download = async (): Promise<boolean> => {
    const url = source.url(blocks, blocksPerSecond);
    const command = `set -o pipefail; curl -sS -x http://127.0.0.1:1080 ${url} | sha256sum`;
    const { exitCode, stdout } = await demo.runIn("ue", "bash", ["-c", command]);
    return exitCode === 0 && stdout.startsWith(sha256);
  };
  /** Whether the proxy refuses a new session in words. */
  const isRefused = async (): Promise<boolean> => {
    const who = `${device.deviceId}:${device.secret}`;
    const args = [
      "-s",
      "-o",
      "/dev/null",
      "-w",
      "%{http_connect}",
      "-p",
      "-x",
      `http://${who}@${demo.proxyAddress}:1080`,
    ];
    const { stdout } = await demo.runIn("ue", "curl", [...args, `http://${demo.contentAddress}/`]);
    return stdout === "503";
  };
  const tookMs: number[] = [];
  const waitsMs: number[] = [];
  const gapsMs: number[] = [];
  const calmGapsMs: number[] = [];
  let good = 0;
  let wrong = 0;
  const failures: string[] = [];
  for (let round = 1; round <= takeovers; round += 1) {
    const running = Array.from({ length: downloads }, download);
    await sleep(500);
    const calm = await startShortConnections(demo, device, perSecond);
    await sleep(1500);
    const before = await calm.stop();
    const load = await startShortConnections(demo, device, perSecond);
    await sleep(1000);
    const began = performance.now();
    await promisify(execFile)(process.execPath, ["dist/twinpath.js", "reload", "--data-dir", demo.dataDir]);
    tookMs.push(performance.now() - began);
    await sleep(1000);
    const result = await load.stop();
    const whole = await Promise.all(running);
    good += result.good + before.good;
    failures.push(...result.failures, ...before.failures);
    wrong += whole.filter((isWhole) => !isWhole).length;
    waitsMs.push(result.longestWaitMs);
    gapsMs.push(result.longestGapMs);
    calmGapsMs.push(before.longestGapMs);
    console.log(
      `takeover ${round}: served after ${tookMs.at(-1)?.toFixed(0)} ms; ${result.good} connections, ${result.failures.length} failed; longest time without one accepted ${result.longestGapMs.toFixed(0)} ms (without takeover ${before.longestGapMs.toFixed(0)} ms), longest wait of one ${result.longestWaitMs.toFixed(0)} ms; ${whole.filter(Boolean).length} of ${downloads} downloads whole`,
    );
  }
  if (failures.length > 0) console.log(`failures: ${[...new Set(failures)].join(", ")}`);
  source.stop();
  await sleep(1000);
  const orderMs: number[] = [];
  for (const verb of ["drain", "resume", "drain", "resume", "drain", "resume"]) {
    const isWanted = async (): Promise<boolean> => (await isRefused()) === (verb === "drain");
    const began = performance.now();
    await staff.call("POST", `/api/nodes/testbed-proxy/${verb}`, { reason: "A measure" });
    while (!(await isWanted())) await sleep(5);
    orderMs.push(performance.now() - began);
  }
  console.log(
    `drain and resume from the portal's API to the next connection: median ${median(orderMs).toFixed(0)} ms, worst ${Math.max(...orderMs).toFixed(0)} ms of ${orderMs.length} (each try is a curl)`,
  );
  const worst = (values: number[]): string => Math.max(...values).toFixed(0);
  conclude(
    "takeover",
    `${failures.length} of ${good + failures.length} connections failed, ${wrong} of ${takeovers * downloads} downloads broke; longest time without one accepted: median ${median(gapsMs).toFixed(0)} ms, worst ${worst(gapsMs)} ms (without takeover worst ${worst(calmGapsMs)} ms), longest wait of one ${worst(waitsMs)} ms; ${takeovers} takeovers, each served within ${worst(tookMs)} ms`,
    "0 failed, 0 broke",
    failures.length === 0 && wrong === 0,
  );
} finally {
  await demo.stop();
}
