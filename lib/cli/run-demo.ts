import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { PresetId } from "@/lib/contracts/demo";
import { ensureDemoSubscriber } from "@/lib/services/ensure-demo-subscriber";
import { ensureLocalNode } from "@/lib/services/ensure-local-node";
import { ensureTestbedPolicy } from "@/lib/services/ensure-testbed-policy";
import { AppError } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { connectTestbedToPortal, createTestbed, type Testbed } from "@/lib/testbed";
import { startPart, untilServing } from "./parts";
import { say } from "./say";
import { announce, type Product, startProduct } from "./start-product";
import { supervise } from "./supervisor";
import { untilStopped } from "./until-stopped";

export type DemoCommand = { dataDir: string; address: string; port: number; preset: PresetId };

const proxyPort = 1080;
const agentProxy = { host: "127.0.0.1", port: 1080 };

/** The proxy and the agent of the deployment figure, each supervised in its own namespace. */
async function startTestbedParts(product: Product, testbed: Testbed, dataDir: string): Promise<void> {
  const { addresses, interfaces, management, namespaces } = testbed;
  if (management === null) throw new AppError("CLI_NO_MANAGEMENT", "The testbed was made without a way to the portal.");
  const node = await ensureLocalNode({ id: "testbed-proxy", name: "Testbed proxy", kind: "proxy" });
  const device = await ensureDemoSubscriber({ classId: "gold" });
  const runFolder = join(dataDir, "run");
  const portal = management.fromProxy;
  const startProxy = (...more: string[]): ChildProcess =>
    startPart({
      name: "testbed-proxy",
      prefix: ["ip", "netns", "exec", namespaces.proxy],
      args: ["proxy", "--portal", portal, "--address", "0.0.0.0", "--port", String(proxyPort), "--tls", ...more],
      env: { TWINPATH_NODE_CREDENTIAL: node.credential, NODE_ENV: "production" },
      dataDir,
    });
  const proxy = supervise({
    name: "testbed-proxy",
    runFolder,
    start: () => startProxy(),
    startSuccessor: () => startProxy("--take-over"),
    onEvent: say,
  });
  product.atStop(() => proxy.stop());
  const links = ["--wifi", interfaces.ueWifi, "--lte", interfaces.ueLte];
  const agent = supervise({
    name: "testbed-agent",
    runFolder,
    start: () =>
      startPart({
        name: "testbed-agent",
        prefix: ["ip", "netns", "exec", namespaces.ue],
        args: [
          "agent",
          "--portal",
          management.fromUe,
          "--proxy",
          `${addresses.proxy}:${proxyPort}`,
          ...links,
          "--port",
          String(agentProxy.port),
        ],
        env: { TWINPATH_DEVICE_ID: device.deviceId, TWINPATH_DEVICE_SECRET: device.secret, NODE_ENV: "production" },
        dataDir,
      }),
    onEvent: say,
  });
  product.atStop(() => agent.stop());
  await untilServing("testbed-proxy", proxy, dataDir);
  await untilServing("testbed-agent", agent, dataDir);
}

/** `twinpath demo`: the product and the slides' deployment figure on this machine, until stopped. */
export async function runDemoCommand(options: DemoCommand): Promise<void> {
  const stopped = untilStopped();
  const { dataDir, port, preset } = options;
  const log = createLog("testbed", join(dataDir, "logs", "testbed.log"));
  const product = await startProduct(options);
  try {
    const testbed = await createTestbed({ preset, portalPort: port, dataDir, log, onProgress: say });
    product.atStop(() => testbed.stop());
    const { lte, wifi, content, named: cidr } = testbed.networks;
    const named = { host: "video.testbed", cidr };
    await ensureTestbedPolicy({ lteCidr: lte, wifiCidr: wifi, contentCidr: content, named });
    await startTestbedParts(product, testbed, dataDir);
    const { credential } = await ensureLocalNode({ id: "testbed", name: "Testbed", kind: "testbed" });
    const link = connectTestbedToPortal({ portalUrl: product.portalUrl, credential, testbed, agentProxy, log });
    product.atStop(() => link.stop());
    announce(product);
    say(`Testbed: ${testbed.id} (namespaces tp-${testbed.id}-*)   Logs: ${join(dataDir, "logs")}   Stop: Ctrl-C`);
    say(`Proxy:   ${testbed.addresses.proxy}:${proxyPort} (SOCKS5 and HTTP, from inside the testbed)`);
    say(
      `On the UE:  ip netns exec ${testbed.namespaces.ue} curl -x http://${agentProxy.host}:${agentProxy.port} http://${testbed.addresses.content}/`,
    );
    await stopped;
    say("Stopping…");
  } finally {
    await product.stop();
  }
}
