/**
 * `npm run measure -- foreign-clients`: programs that are not ours fetch and upload through agent and proxy, with the
 * right SHA-256 where they fetch; wrong passwords get the protocol's refusal, and a log line without the secret.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conclude, describeMachine } from "../factories/figures";
import { foreignCases } from "../factories/foreign-clients";
import { makeForeignContent, startSshServer } from "../factories/foreign-content";
import { startDemo } from "../factories/started-demo";

const sshPort = 2222;
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

const folder = await mkdtemp(join(tmpdir(), "twinpath-foreign-"));
const inContent = ["ip", "netns", "exec", demo.namespace("icp")];
const ssh = await startSshServer(join(folder, "ssh"), sshPort, inContent);
try {
  const site = join(demo.dataDir, "testbed/objects/foreign");
  await mkdir(site, { recursive: true });
  const content = await makeForeignContent(site);
  const { deviceId, secret } = await demo.enrolDevice();
  const proxy = `${demo.proxyAddress}:1080`;
  const http = `http://${demo.contentAddress}/foreign/object.bin`;
  const https = `https://${demo.contentAddress}/foreign/object.bin`;
  const cases = foreignCases({
    proxy: { host: demo.proxyAddress, port: 1080 },
    device: { deviceId, secret },
    agent: { host: "127.0.0.1", port: 1080 },
    content: {
      ...content,
      http: `http://${demo.contentAddress}/foreign`,
      https: `https://${demo.contentAddress}/foreign`,
    },
    uploadUrl: `http://${demo.contentAddress}/upload`,
    gitUrl: null,
    ssh: { host: demo.contentAddress, port: sshPort, hostKey: ssh.hostKey },
    folder,
  });
  const mptcpized = {
    what: "mptcpize run curl",
    line: `mptcpize run curl -sS --socks5-hostname ${deviceId}:${secret}@${proxy} ${http} | sha256sum`,
    expected: new RegExp(`^${content.sha256} `),
  };
  for (const { what, line, expected } of [mptcpized, ...cases]) {
    const { stdout, stderr } = await demo.runIn("ue", "timeout", ["60", "bash", "-c", line]);
    check(what, expected.test(stdout), `${stdout.trim()} ${stderr.trim()}`);
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
  ssh.stop();
  await demo.stop();
  await rm(folder, { recursive: true, force: true });
}
