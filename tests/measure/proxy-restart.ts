/**
 * `npm run measure -- proxy-restart`: kill -9 of the proxy; how long until it serves again, until the portal shows the
 * new process, and whether a new transfer works.
 */
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine, median } from "../factories/figures";
import { SignedInStaff, type StartedDemo, startDemo } from "../factories/started-demo";

const runs = 5;
const goalMs = 2000;

async function nodeStarts(staff: SignedInStaff): Promise<number> {
  const { nodes } = await staff.liveSnapshot();
  const node = nodes.find(({ id }) => id === "testbed-proxy");
  return node?.health === "up" ? node.starts : 0;
}

async function isServing(demo: StartedDemo, who: string, url: string): Promise<boolean> {
  const args = [
    "-s",
    "-o",
    "/dev/null",
    "--max-time",
    "1",
    "--socks5-hostname",
    `${who}@${demo.proxyAddress}:1080`,
    url,
  ];
  return (await demo.runIn("ue", "curl", args)).exitCode === 0;
}

console.log(describeMachine());
const demo = await startDemo();
try {
  const staff = await SignedInStaff.byLink(demo);
  const { deviceId, secret } = await demo.enrolDevice();
  const who = `${deviceId}:${secret}`;
  const small = `http://${demo.contentAddress}/`;
  await staff.runDemo({ preset: "city", sizeBytes: 10_000_000, lanes: ["lte-wifi"] });
  const servingMs: number[] = [];
  const shownMs: number[] = [];
  for (let index = 1; index <= runs; index += 1) {
    await sleep(6000);
    const startsBefore = await nodeStarts(staff);
    const pid = await demo.pidOf("testbed-proxy");
    const began = performance.now();
    process.kill(pid, "SIGKILL");
    while (!(await isServing(demo, who, small))) await sleep(20);
    servingMs.push(performance.now() - began);
    while ((await nodeStarts(staff)) <= startsBefore) await sleep(50);
    shownMs.push(performance.now() - began);
    const run = await staff.runDemo({ preset: "city", sizeBytes: 10_000_000, lanes: ["lte-wifi"] });
    if (run.state !== "finished") throw new Error(`the transfer after restart ${index} ${run.state}`);
    console.log(
      `restart ${index}: serves again after ${servingMs.at(-1)?.toFixed(0)} ms, shown after ${shownMs.at(-1)?.toFixed(0)} ms, new transfer finished`,
    );
  }
  const worst = Math.max(...servingMs);
  conclude(
    "proxy-restart",
    `serves again after median ${median(servingMs).toFixed(0)} ms, worst ${worst.toFixed(0)} ms; portal shows it after median ${median(shownMs).toFixed(0)} ms, worst ${Math.max(...shownMs).toFixed(0)} ms; ${runs} runs`,
    `< ${goalMs} ms`,
    worst < goalMs,
  );
} finally {
  await demo.stop();
}
