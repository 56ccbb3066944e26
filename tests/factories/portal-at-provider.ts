import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import type { StartedDemo } from "./started-demo";

const port = 8090;

/** Runs in the content provider's namespace: TCP there, a socket in the file system here. */
const forwarder = `
  const { connect, createServer } = require("node:net");
  const [path, port] = process.argv.slice(1);
  createServer({ allowHalfOpen: true }, (inside) => {
    const outside = connect({ path, allowHalfOpen: true });
    for (const [from, to] of [[inside, outside], [outside, inside]])
      from.pipe(to).on("error", () => {}), from.on("error", () => to.destroy());
  }).listen(Number(port), () => console.log("listening"));
`;

/** The portal at an address of the content provider, which devices reach over their own links and the proxy. */
export async function startPortalAtProvider(
  demo: StartedDemo,
  folder: string,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const path = join(folder, "portal.sock");
  const portal = { host: "127.0.0.1", port: Number(new URL(demo.portalUrl).port), allowHalfOpen: true };
  const server = createServer({ allowHalfOpen: true }, (inside) => {
    const outside = connect(portal);
    inside.on("error", () => outside.destroy());
    outside.on("error", () => inside.destroy());
    inside.pipe(outside).pipe(inside);
  });
  server.listen(path);
  await once(server, "listening");
  const args = ["netns", "exec", demo.namespace("icp"), process.execPath, "-e", forwarder, path, String(port)];
  const child = spawn("ip", args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  await once(child.stdout, "data");
  return {
    url: `http://${demo.contentAddress}:${port}`,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      server.close();
    },
  };
}
