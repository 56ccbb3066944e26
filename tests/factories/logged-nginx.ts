import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StartedDemo } from "./started-demo";

/** So many ports, taken in turn, that a session of the ledger tells which requests were its own. */
const ports = { first: 20_000, last: 20_999 };

export type LoggedRequest = { port: number; bytesSent: number; requestBytes: number };

/* A small send buffer: what nginx counts as sent has left its machine but for so much. Each port takes a connection. */
const config = (folder: string): string => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
events { worker_connections 4096; }
http {
  log_format bytes '$remote_addr $server_port $bytes_sent $request_length';
  access_log ${folder}/access.log bytes;
  default_type application/octet-stream;
  server { listen ${ports.first}-${ports.last} sndbuf=64k; root ${folder}; }
}
`;

/** nginx at the content provider with a log of its own: every request with the bytes that it sent and got. */
export async function startLoggedNginx(
  demo: StartedDemo,
  objects: Readonly<Record<string, number>>,
): Promise<{
  /** Where the `n`th request gets an object. */
  urlOf: (n: number, object: string) => { port: number; url: string };
  /** Of the proxy's requests so far. */
  requests: () => Promise<LoggedRequest[]>;
  stop: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), "twinpath-nginx-"));
  await writeFile(join(folder, "nginx.conf"), config(folder));
  for (const [name, sizeBytes] of Object.entries(objects)) {
    await writeFile(join(folder, name), "");
    await truncate(join(folder, name), sizeBytes);
  }
  const nginx = ["nginx", "-p", folder, "-e", join(folder, "error.log"), "-c", join(folder, "nginx.conf")];
  const child = spawn("ip", ["netns", "exec", demo.namespace("icp"), ...nginx], { stdio: "inherit" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return {
    urlOf: (n, object) => {
      const port = ports.first + (n % (ports.last - ports.first + 1));
      return { port, url: `http://${demo.contentAddress}:${port}/${object}` };
    },
    requests: async () => {
      const text = await readFile(join(folder, "access.log"), "utf8");
      return text
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" "))
        .filter(([address]) => address === demo.proxyAddress)
        .map(([, port, sent, got]) => ({ port: Number(port), bytesSent: Number(sent), requestBytes: Number(got) }));
    },
    stop: async () => {
      child.kill("SIGQUIT");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
