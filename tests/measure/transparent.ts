/**
 * `npm run measure -- transparent`: plain curl and wget in the UE's namespace, with no proxy setting, beside an agent
 * that captures. What leaves the UE's links is watched with tcpdump.
 */
import { sessionListSchema } from "@/lib/contracts/portal";
import { conclude, describeMachine } from "../factories/figures";
import { SignedInStaff, type StartedDemo, startDemo } from "../factories/started-demo";
import { agentTables, startTransparentAgent, untilTrue } from "../factories/transparent-agent";
import {
  countProxied,
  countTo,
  isOverBothPaths,
  listedAddress,
  listedName,
  objectSha256,
  otherAddress,
  otherName,
  type SeenTransfer,
  watchTransfer,
} from "../factories/transparent-checks";

const sizeBytes = 20_000_000;
const path = `object-${sizeBytes}.bin`;
const checks: boolean[] = [];

function check(what: string, isTrue: boolean): void {
  checks.push(isTrue);
  console.log(`${isTrue ? "yes" : "NO "}  ${what}`);
}

function describe(seen: SeenTransfer): string {
  const first = seen.syns.map((syn) => `${syn.interfaceName} → ${syn.destination}:${syn.port} ${syn.mptcp ?? "tcp"}`);
  const { lte, wifi } = seen.receivedBytes;
  return `     SYNs: ${first.join(", ") || "none"}; received ${(lte / 1e6).toFixed(1)} MB by LTE, ${(wifi / 1e6).toFixed(1)} MB by WiFi`;
}

async function checkProxied(demo: StartedDemo, what: string, command: string, own: string): Promise<void> {
  const seen = await watchTransfer(demo, command);
  check(`${what}: MP_CAPABLE to the proxy over WiFi, MP_JOIN over LTE`, isOverBothPaths(seen, demo.proxyAddress));
  check(`${what}: no connection from the UE to ${own}`, countTo(seen, own) === 0);
  const least = Math.min(seen.receivedBytes.lte, seen.receivedBytes.wifi);
  check(`${what}: at least a twentieth of the bytes came over each path`, least > sizeBytes / 20);
  check(`${what}: the bytes are the object's (SHA-256)`, seen.sha256 === (await objectSha256(demo, sizeBytes)));
  console.log(describe(seen));
}

async function checkDirect(demo: StartedDemo, what: string, command: string, own: string): Promise<void> {
  const seen = await watchTransfer(demo, command);
  const plain = seen.syns.filter(({ destination, mptcp }) => destination === own && mptcp === null);
  check(`${what}: one plain connection from the UE to ${own}`, plain.length === 1 && countTo(seen, own) === 1);
  check(`${what}: none to the proxy`, countProxied(seen, demo.proxyAddress) === 0);
  check(`${what}: the bytes are the object's (SHA-256)`, seen.sha256 === (await objectSha256(demo, sizeBytes)));
  console.log(describe(seen));
}

async function proxiedHosts(staff: SignedInStaff): Promise<string[]> {
  const { items } = sessionListSchema.parse(await staff.call("GET", "/api/sessions?state=ended&limit=100"));
  return items.map(({ destination }) => destination.replace(/:[0-9]+$/, ""));
}

console.log(describeMachine());
const demo = await startDemo();
try {
  const staff = await SignedInStaff.byLink(demo);
  await staff.runDemo({ preset: "city", sizeBytes, lanes: ["lte-wifi"] });
  const before = await watchTransfer(demo, `curl -sS http://${listedName}/${path}`);
  check("before the agent captures, the white-listed host is reached directly", countTo(before, listedAddress) === 1);

  let agent = await startTransparentAgent(demo);
  await checkProxied(demo, "curl http, white-listed name", `curl -sS http://${listedName}/${path}`, listedAddress);
  await checkProxied(demo, "curl https, white-listed name", `curl -sSk https://${listedName}/${path}`, listedAddress);
  await checkProxied(
    demo,
    "wget https, white-listed name",
    `wget -q -O - --no-check-certificate https://${listedName}/${path}`,
    listedAddress,
  );
  const byAddress = `curl -sS http://${demo.contentAddress}/${path}`;
  await checkProxied(demo, "curl http, address in a white-listed range", byAddress, demo.contentAddress);
  await checkDirect(demo, "curl http, another host", `curl -sS http://${otherName}/${path}`, otherAddress);
  await checkDirect(
    demo,
    "wget https, another host",
    `wget -q -O - --no-check-certificate https://${otherName}/${path}`,
    otherAddress,
  );
  await untilTrue("the portal knew the sessions", async () => (await proxiedHosts(staff)).length >= 4, 6000);
  const hosts = await proxiedHosts(staff);
  check(
    `the proxy was asked for ${listedName} by name, and never for ${otherName}`,
    hosts.includes(listedName) && !hosts.some((host) => host === otherName || host === otherAddress),
  );

  const killedAt = performance.now();
  await agent.stop("SIGKILL");
  await untilTrue("no table was left", async () => (await agentTables(demo)).length === 0, 5000);
  const goneMs = performance.now() - killedAt;
  await checkDirect(demo, "after kill -9 of the agent", `curl -sS http://${listedName}/${path}`, listedAddress);
  agent = await startTransparentAgent(demo);
  await checkProxied(demo, "after its next start", `curl -sS http://${listedName}/${path}`, listedAddress);
  await agent.stop();
  check("a stopped agent leaves no table behind", (await agentTables(demo)).length === 0);
  console.log(`redirects gone ${goneMs.toFixed(0)} ms after kill -9`);
  const passed = checks.filter(Boolean).length;
  conclude("transparent", `${passed} of ${checks.length} checks`, "all", passed === checks.length);
} finally {
  await demo.stop();
}
