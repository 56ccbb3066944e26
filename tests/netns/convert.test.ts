import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type SessionRow, sessionListSchema } from "@/lib/contracts/portal";
import { requireAbility } from "../factories/ability";
import { SignedInStaff, type StartedDemo, startDemo } from "../factories/started-demo";
import { startTransparentAgent, type TransparentAgent, untilTrue } from "../factories/transparent-agent";
import { isOverBothPaths, listedName, objectSha256, otherName, watchTransfer } from "../factories/transparent-checks";

/** The product as shipped, with an agent that asks the proxy by Convert and captures. */
let demo: StartedDemo;
let staff: SignedInStaff;
let agent: TransparentAgent;

const sizeBytes = 10_000_000;
const object = `object-${sizeBytes}.bin`;
const throughAgent = "http://127.0.0.1:1180";

async function convertSessions(): Promise<SessionRow[]> {
  const { items } = sessionListSchema.parse(await staff.call("GET", "/api/sessions?state=ended&limit=100"));
  return items.filter(({ protocol }) => protocol === "convert");
}

const curl = (args: string[]) => demo.runIn("ue", "curl", ["-sS", "-m", "30", ...args]);

beforeAll(async () => {
  if (process.getuid?.() !== 0) return;
  demo = await startDemo();
  staff = await SignedInStaff.byLink(demo);
  await staff.runDemo({ preset: "city", sizeBytes, lanes: ["lte-wifi"] });
  agent = await startTransparentAgent(demo, null, ["--convert"]);
});

afterAll(async () => {
  await agent?.stop();
  await demo?.stop();
});

beforeEach((context) => requireAbility(context, "root", "namespaces", "mptcp", "nginx", "curl", "nft", "tcpdump"));

describe("an agent that asks by Convert", () => {
  it("takes a captured program's download over both paths, and the portal says how", async () => {
    const seen = await watchTransfer(demo, `curl -sS -m 60 http://${listedName}/${object}`);
    expect(seen.sha256).toBe(await objectSha256(demo, sizeBytes));
    expect(isOverBothPaths(seen, demo.proxyAddress)).toBe(true);
    expect(Math.min(seen.receivedBytes.lte, seen.receivedBytes.wifi)).toBeGreaterThan(sizeBytes / 20);
    await untilTrue("the portal knew the session", async () => (await convertSessions()).length === 1, 6000);
    const [session] = await convertSessions();
    expect(session).toMatchObject({
      destination: `${listedName}:80`,
      transport: "mptcp",
      downloadBytes: expect.any(Number),
    });
    expect(session?.downloadBytes).toBeGreaterThan(sizeBytes);
  });

  it("reaches names and addresses, for programs that know of it and for those that do not", async () => {
    const status = ["-o", "/dev/null", "-w", "%{http_code}"];
    for (const url of [`http://${listedName}/`, `http://${demo.contentAddress}/`]) {
      expect((await curl([...status, url])).stdout).toMatch(/^[234]..$/);
      expect((await curl([...status, "-x", throughAgent, url])).stdout).toMatch(/^[234]..$/);
    }
  });

  it("uploads what comes after the first bytes too", async () => {
    const script = `head -c 3000000 /dev/zero | curl -sS -m 30 -o /dev/null -w '%{http_code} %{size_upload}' -T - http://${listedName}/put.bin`;
    const { stdout } = await demo.runIn("ue", "bash", ["-c", script]);
    expect(stdout).toMatch(/ [0-9]+$/);
    expect((await agent.log()).includes("asked by SOCKS")).toBe(false);
  });

  it("lets a program that waits for its server to speak first go on", async () => {
    const script = `
      const net = require("node:net");
      const socket = net.connect(80, "${demo.contentAddress}");
      setTimeout(() => socket.write("GET / HTTP/1.0\\r\\n\\r\\n"), 700);
      socket.once("data", (bytes) => { console.log(String(bytes).slice(0, 8)); socket.destroy(); });`;
    const { stdout } = await demo.runIn("ue", "timeout", ["10", process.execPath, "-e", script]);
    expect(stdout.trim()).toBe("HTTP/1.1");
  });

  it("tells a program that a port where nobody listens was refused, and leaves others alone", async () => {
    const refused = await curl([
      "-x",
      throughAgent,
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      `http://${demo.contentAddress}:81/`,
    ]);
    expect(refused.stdout).toBe("502");
    const direct = await curl(["-o", "/dev/null", "-w", "%{http_code}", `http://${otherName}/`]);
    expect(direct.stdout).toMatch(/^[234]..$/);
  });
});

describe("the proxy's port", () => {
  it("answers who has no cookie, and who asks for what policy refuses, by the Error TLV Not Authorized", async () => {
    const { deviceId, secret } = await demo.enrolDevice();
    const script = `
      const net = require("node:net");
      const [id, secret] = ["${deviceId}", "${secret}"].map((text) => Buffer.from(text));
      const fields = Buffer.concat([Buffer.from([1, id.length]), id, Buffer.from([secret.length]), secret]);
      const cookie = Buffer.alloc(4 + Math.ceil(fields.length / 4) * 4);
      cookie.set([0x16, cookie.length / 4]);
      cookie.set(fields, 4);
      const connect = Buffer.from("0a05005000000000000000000000ffffc0000201", "hex");
      const ask = (...tlvs) => new Promise((resolve) => {
        const body = Buffer.concat(tlvs);
        const socket = net.connect(1080, "${demo.proxyAddress}");
        socket.write(Buffer.concat([Buffer.from([1, 1 + body.length / 4, 0x22, 0x63]), body]));
        socket.once("data", (bytes) => { resolve(bytes.toString("hex")); socket.destroy(); });
      });
      (async () => {
        console.log(await ask(connect));
        console.log(await ask(connect, cookie));
        console.log(await ask(Buffer.from("01010000", "hex"), cookie));
      })();`;
    const { stdout } = await demo.runIn("ue", "timeout", ["10", process.execPath, "-e", script]);
    expect(stdout.trim().split("\n")).toEqual(["010222631e012000", "010222631e012000", "01032263150200001e000000"]);
  });
});
