import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";
import type { ProcessGroup } from "./process-group";
import { runCommand } from "./run-command";
import { uploadPrefix } from "./upload-receiver";

/** nginx opens its port within some 10 ms; this is for a machine that is busy. */
const startMs = 10_000;

/* master_process off: one process, so that nothing outlives it. Started as root, it may read a private data folder. */
const config = (folder: string, objectFolder: string, uploadSocket: string) => `
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
    listen 443 ssl backlog=4096;
    ssl_certificate ${folder}/certificate.pem;
    ssl_certificate_key ${folder}/key.pem;
    client_max_body_size 0;
    root ${objectFolder};
    location = / { return 200 "Twinpath testbed: content provider\\n"; }
    location = /upload { proxy_pass http://127.0.0.1:8080; }
    location ${uploadPrefix} {
      proxy_pass http://unix:${uploadSocket};
      proxy_http_version 1.1;
      proxy_request_buffering off;
      client_body_buffer_size 1m;
    }
  }
  server {
    listen 127.0.0.1:8080;
    access_log off;
    return 200 "taken\\n";
  }
}
`;

/**
 * Start nginx in the content provider's namespace and wait until it has its port: objects by http and https, `/upload`,
 * which takes a body of any size and drops it, and uploads that are handed over at `uploadSocket` as they arrive.
 *
 * Errors: AppError TESTBED_NGINX with what nginx said.
 */
export async function startContentProvider(
  processes: ProcessGroup,
  namespace: string,
  folder: string,
  objectFolder: string,
  uploadSocket: string,
): Promise<{ accessLogPath: string }> {
  await mkdir(folder, { recursive: true });
  await mkdir(objectFolder, { recursive: true });
  await makeCertificate(folder);
  const configPath = join(folder, "nginx.conf");
  await writeFile(configPath, config(folder, objectFolder, uploadSocket));
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

/** A certificate that nobody vouches for: clients that fetch by https are told not to check it. */
async function makeCertificate(folder: string): Promise<void> {
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "certificate.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"];
  await runCommand("openssl", ["req", "-x509", ...kind, "-subj", "/CN=content.testbed", ...files]);
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
