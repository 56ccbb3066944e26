import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";
import type { ProcessGroup } from "./process-group";

/** nginx opens its port within some 10 ms; this is for a machine that is busy. */
const startMs = 10_000;

/* master_process off: one process, so that nothing outlives it. Started as root, it may read a private data folder. */
const config = (folder: string, objectFolder: string) => `
daemon off;
master_process off;
worker_rlimit_nofile 65536;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 16384; }
http {
  log_format bytes '$time_iso8601 $remote_addr "$request" $status $body_bytes_sent $request_time';
  access_log ${folder}/access.log bytes;
  client_body_temp_path ${folder}/client-body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  default_type application/octet-stream;
  server_tokens off;
  sendfile on;
  sendfile_max_chunk 1m;
  tcp_nopush on;
  server {
    listen 80 backlog=4096;
    root ${objectFolder};
  }
}
`;

/**
 * Start nginx in the content provider's namespace and wait until it has its port.
 *
 * Errors: AppError TESTBED_NGINX with what nginx said.
 */
export async function startContentProvider(
  processes: ProcessGroup,
  namespace: string,
  folder: string,
  objectFolder: string,
): Promise<{ accessLogPath: string }> {
  await mkdir(folder, { recursive: true });
  await mkdir(objectFolder, { recursive: true });
  const configPath = join(folder, "nginx.conf");
  await writeFile(configPath, config(folder, objectFolder));
  const child = processes.spawn(namespace, "nginx", ["-p", folder, "-e", join(folder, "error.log"), "-c", configPath], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errorText = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errorText += chunk.toString();
  });
  const deadline = Date.now() + startMs;
  while (!(await hasPort80(child.pid ?? 0, namespace))) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || Date.now() > deadline)
      throw new AppError(
        "TESTBED_NGINX",
        `nginx did not open port 80 in ${namespace}: ${errorText.trim() || "no word"}`,
      );
    await sleep(5);
  }
  return { accessLogPath: join(folder, "access.log") };
}

/** Whether the process has reached the namespace and something listens on port 80 there (proc_pid_net(5): tcp). */
async function hasPort80(pid: number, namespace: string): Promise<boolean> {
  try {
    const [own, wanted] = await Promise.all([stat(`/proc/${pid}/ns/net`), stat(`/run/netns/${namespace}`)]);
    return own.ino === wanted.ino && / 00000000:0050 \S+ 0A /.test(await readFile(`/proc/${pid}/net/tcp`, "latin1"));
  } catch {
    return false;
  }
}
