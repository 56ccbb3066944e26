/**
 * `npm run measure -- byte-balance`: the bytes of a session's paths against the bytes delivered, to the byte, for
 * downloads and uploads through the agent over LTE + WiFi.
 */
import * as z from "zod";
import { type SessionRow, sessionListSchema } from "@/lib/contracts/portal";
import { sleep } from "@/lib/shared/sleep";
import { conclude, describeMachine } from "../factories/figures";
import { SignedInStaff, type StartedDemo, startDemo } from "../factories/started-demo";

const sizeBytes = 100_000_000;
const agent = "http://127.0.0.1:1080";

async function endedSession(staff: SignedInStaff, known: Set<string>): Promise<SessionRow> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const { items } = sessionListSchema.parse(await staff.call("GET", "/api/sessions?state=ended"));
    const fresh = items.find((item) => !known.has(item.id));
    if (fresh !== undefined) return fresh;
    await sleep(100);
  }
  throw new Error("the session was not reported within 5 s");
}

/** Bytes nobody can name: 0 where every byte of the paths is explained. */
function unexplained(row: SessionRow): number {
  const sum = (pick: "uploadBytes" | "downloadBytes"): number =>
    row.subflows.reduce((total, subflow) => total + subflow[pick], 0);
  const upload = sum("uploadBytes") - row.uploadBytes - row.handshakeUploadBytes;
  const download = sum("downloadBytes") - row.downloadBytes - row.handshakeDownloadBytes - row.reinjectedBytes;
  for (const { access, uploadBytes, downloadBytes } of row.subflows)
    console.log(`  ${access}: upload ${uploadBytes}, download ${downloadBytes}`);
  console.log(
    `  payload: upload ${row.uploadBytes}, download ${row.downloadBytes}; handshake: upload ${row.handshakeUploadBytes}, download ${row.handshakeDownloadBytes}; reinjected ${row.reinjectedBytes}`,
  );
  console.log(`  unexplained: upload ${upload}, download ${download}`);
  return Math.abs(upload) + Math.abs(download);
}

async function transfer(demo: StartedDemo, kind: "download" | "upload" | "tunnel"): Promise<number> {
  const base = `http://${demo.contentAddress}`;
  const object = `${base}/object-${sizeBytes}.bin`;
  const args = {
    download: ["-x", agent, object],
    upload: ["-x", agent, "-X", "POST", "-H", "Expect:", "-T", "/dev/shm/twinpath-upload.bin", `${base}/upload`],
    tunnel: ["--socks5-hostname", "127.0.0.1:1080", object],
  }[kind];
  const result = await demo.runIn("ue", "curl", [
    "-sS",
    "-o",
    "/dev/null",
    "-w",
    "%{size_download} %{size_header} %{size_upload}",
    ...args,
  ]);
  if (result.exitCode !== 0) throw new Error(`curl ${kind}: ${result.stderr}`);
  const [body = 0, head = 0] = z.array(z.coerce.number()).parse(result.stdout.split(" "));
  return body + head;
}

console.log(describeMachine());
const demo = await startDemo();
try {
  const staff = await SignedInStaff.byLink(demo);
  await staff.runDemo({ preset: "city", sizeBytes, lanes: ["lte-wifi"] });
  await demo.runIn("ue", "sh", ["-c", `head -c 20000000 /dev/urandom > /dev/shm/twinpath-upload.bin`]);
  let total = 0;
  for (const kind of ["download", "tunnel", "upload"] as const) {
    const before = sessionListSchema.parse(await staff.call("GET", "/api/sessions?state=ended&limit=100"));
    const delivered = await transfer(demo, kind);
    const row = await endedSession(staff, new Set(before.items.map((item) => item.id)));
    console.log(
      `${kind}: curl got ${delivered} bytes with heads, ${row.subflows.length} paths, transport ${row.transport}`,
    );
    total += unexplained(row) + Math.abs(row.downloadBytes - delivered);
  }
  conclude("byte-balance", `${total} bytes unexplained`, "0 bytes", total === 0);
} finally {
  await demo.runIn("ue", "rm", ["-f", "/dev/shm/twinpath-upload.bin"]);
  await demo.stop();
}
