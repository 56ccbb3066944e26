/**
 * `npm run measure -- foreign-clients`: programs that are not ours fetch the object through agent and proxy with the
 * right SHA-256; wrong passwords get the protocol's refusal, and a log line without the secret.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { conclude, describeMachine } from "../factories/figures";
import { SignedInStaff, startDemo } from "../factories/started-demo";

const sizeBytes = 10_000_000;
const wrongSecret = "an-utterly-wrong-secret";

console.log(describeMachine());
const demo = await startDemo();
let passed = 0;
let total = 0;
const check = (what: string, isGood: boolean, detail = ""): void => {
  total += 1;
  if (isGood) passed += 1;
  console.log(`${isGood ? "✓" : "✗"} ${what}${isGood ? "" : `: ${detail}`}`);
};

try {
  const staff = await SignedInStaff.byLink(demo);
  await staff.runDemo({ preset: "city", sizeBytes, lanes: ["lte-wifi"] });
  const object = await readFile(join(demo.dataDir, "testbed/objects", `object-${sizeBytes}.bin`));
  const expected = createHash("sha256").update(object).digest("hex");
  const { deviceId, secret } = await demo.enrolDevice();
  const proxy = `${demo.proxyAddress}:1080`;
  const http = `http://${demo.contentAddress}/object-${sizeBytes}.bin`;
  const https = `https://${demo.contentAddress}/object-${sizeBytes}.bin`;
  const who = `${deviceId}:${secret}`;
  const fetches: [string, string][] = [
    ["curl --socks5-hostname at the proxy", `curl -sS --socks5-hostname ${who}@${proxy} ${http}`],
    ["curl --socks5 at the proxy, https", `curl -sSk --socks5 ${who}@${proxy} ${https}`],
    ["curl --proxy for https (CONNECT) at the proxy", `curl -sSk --proxy http://${who}@${proxy} ${https}`],
    ["curl --proxytunnel for http (CONNECT)", `curl -sS -p --proxy http://${who}@${proxy} ${http}`],
    ["curl --proxy for http (forward) at the proxy", `curl -sS --proxy http://${who}@${proxy} ${http}`],
    ["mptcpize run curl straight at the proxy", `mptcpize run curl -sS --socks5-hostname ${who}@${proxy} ${http}`],
    ["curl --socks4a at the proxy", `curl -sS --socks4a ${deviceId}%3A${secret}@${proxy} ${http}`],
    ["curl --socks4 at the proxy, https", `curl -sSk --socks4 ${deviceId}%3A${secret}@${proxy} ${https}`],
    ["curl --proxy https:// for http (forward)", `curl -sS --proxy-insecure --proxy https://${who}@${proxy} ${http}`],
    [
      "curl --proxy https:// for https (CONNECT)",
      `curl -sSk --proxy-insecure --proxy https://${who}@${proxy} ${https}`,
    ],
    ["curl --socks4a at the agent", `curl -sS --socks4a 127.0.0.1:1080 ${http}`],
    ["curl --socks5-hostname at the agent", `curl -sS --socks5-hostname 127.0.0.1:1080 ${http}`],
    ["curl --proxy for https (CONNECT) at the agent", `curl -sSk --proxy http://127.0.0.1:1080 ${https}`],
    ["curl --proxy for http (forward) at the agent", `curl -sS --proxy http://127.0.0.1:1080 ${http}`],
    ["wget http_proxy at the agent", `wget -q -O - -e http_proxy=http://127.0.0.1:1080 ${http}`],
    [
      "wget https_proxy at the agent",
      `wget -q -O - --no-check-certificate -e https_proxy=http://127.0.0.1:1080 ${https}`,
    ],
  ];
  for (const [what, command] of fetches) {
    const { stdout, stderr } = await demo.runIn("ue", "bash", ["-c", `set -o pipefail; ${command} | sha256sum`]);
    check(what, stdout.startsWith(expected), `${stdout.trim()} ${stderr.trim()}`);
  }
  const wrong = `${deviceId}:${wrongSecret}`;
  const socks = await demo.runIn("ue", "curl", ["-sS", "--socks5-hostname", `${wrong}@${proxy}`, http]);
  check(
    "wrong password by SOCKS5: curl says that the user was rejected",
    socks.exitCode === 97,
    `${socks.exitCode} ${socks.stderr}`,
  );
  const hex = await demo.runIn("ue", "bash", [
    "-c",
    `exec 3<>/dev/tcp/${demo.proxyAddress}/1080; printf '\\x05\\x01\\x02\\x01\\x01a\\x01b' >&3; timeout 5 head -c 4 <&3 | od -An -tx1`,
  ]);
  check("wrong password by SOCKS5 on the wire: 05 02, then 01 01", hex.stdout.trim() === "05 02 01 01", hex.stdout);
  const socks4 = await demo.runIn("ue", "bash", [
    "-c",
    `exec 3<>/dev/tcp/${demo.proxyAddress}/1080; printf '\\x04\\x01\\x00\\x50\\x01\\x02\\x03\\x04a:b\\x00' >&3; timeout 5 head -c 2 <&3 | od -An -tx1`,
  ]);
  check("wrong password by SOCKS4 on the wire: 00 5d", socks4.stdout.trim() === "00 5d", socks4.stdout);
  const status = await demo.runIn("ue", "curl", [
    "-s",
    "-o",
    "/dev/null",
    "-w",
    "%{http_code}",
    "--proxy",
    `http://${wrong}@${proxy}`,
    http,
  ]);
  check("wrong password by HTTP: 407", status.stdout === "407", status.stdout);
  const tunnel = await demo.runIn("ue", "curl", [
    "-sk",
    "-o",
    "/dev/null",
    "-w",
    "%{http_connect}",
    "--proxy",
    `http://${wrong}@${proxy}`,
    https,
  ]);
  check("wrong password by CONNECT: 407", tunnel.stdout === "407", tunnel.stdout);
  const log = await demo.logOf("testbed-proxy");
  check("the log names the device", log.includes(`wrong credentials for \\"${deviceId}\\"`), "no such line");
  check("the log has neither secret", !log.includes(wrongSecret) && !log.includes(secret), "a secret is in the log");
  conclude("foreign-clients", `${passed} of ${total} checks`, "all", passed === total);
} finally {
  await demo.stop();
}
