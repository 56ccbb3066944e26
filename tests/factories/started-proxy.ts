import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionReport } from "@/lib/contracts/telemetry";
import { NodeCredential } from "@/lib/proxy/node-credential";
import { type ProxyNode, type ProxyNodeOptions, startProxyNode } from "@/lib/proxy/proxy-node";
import { collectedLog } from "./collected-log";
import { entitlement, policySnapshot, rule, whiteList } from "./policy";
import { type StartedPortalServer, startPortalServer } from "./portal-server";

export type StartedProxy = {
  node: ProxyNode;
  port: number;
  /** Echoes, with half-close, until a test puts another listener in its place. */
  content: Server;
  contentPort: number;
  portal: StartedPortalServer;
  said: ReturnType<typeof collectedLog>["said"];
  /** A folder that goes with it. */
  folder: string;
  /** What the portal was last told of each ended session, in the order of their ends. */
  ended: () => SessionReport[];
  stop: () => Promise<void>;
};

/** A proxy node on the loopback for the device "ue" with the secret "right", allowed everything on the loopback. */
export async function startProxy(
  options: (folder: string) => Promise<Partial<ProxyNodeOptions>> = async () => ({}),
): Promise<StartedProxy> {
  const folder = await mkdtemp(join(tmpdir(), "proxy-"));
  const portal = await startPortalServer([entitlement("ue")]);
  const sockets = new Set<Socket>();
  const content = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  content.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).once("close", () => sockets.delete(socket));
  });
  content.listen(0, "127.0.0.1");
  await once(content, "listening");
  const { log, said } = collectedLog();
  const node = await startProxyNode({
    portalUrl: portal.url,
    credential: NodeCredential.given("node.secret"),
    listenAddress: "127.0.0.1",
    port: 0,
    stateFolder: folder,
    threads: 2,
    restart: async () => {},
    log,
    ...(await options(folder)),
  });
  portal.send({
    type: "snapshot",
    snapshot: policySnapshot({
      whiteLists: [whiteList("here", [rule("cidr", "127.0.0.0/8")])],
      allowedPrivateRanges: ["127.0.0.0/8"],
    }),
  });
  await node.ready;
  return {
    node,
    port: node.listener.port,
    content,
    contentPort: (content.address() as AddressInfo).port,
    portal,
    said,
    folder,
    ended: () => portal.batches.flatMap(({ sessions }) => sessions.filter(({ end }) => end !== null)),
    stop: async () => {
      await node.stop();
      portal.close();
      for (const socket of sockets) socket.destroy();
      content.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
