import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { StartedDemo } from "./started-demo";

const port = 9000;
/** One block a tick: the same bytes each time. */
const blockBytes = 100_000;

const script = `
  const block = Buffer.alloc(${blockBytes}, "paced ");
  require("node:net").createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (request) => {
      const [, blocks, perSecond] = /GET \\/(\\d+)\\/(\\d+) /.exec(String(request)) ?? [null, "0", "1"];
      let left = Number(blocks);
      socket.write("HTTP/1.0 200 OK\\r\\nContent-Length: " + left * block.length + "\\r\\n\\r\\n");
      const timer = setInterval(() => {
        if (left === 0) socket.end();
        if (left === 0 || socket.destroyed) return clearInterval(timer);
        left -= 1;
        socket.write(block);
      }, 1000 / Number(perSecond));
    });
  }).listen(${port}, () => console.log("listening"));`;

/** A web server at the content provider that sends as slowly as it is asked: a session lasts as long as the test wants. */
export async function startPacedSource(demo: StartedDemo): Promise<{
  url: (blocks: number, perSecond: number) => string;
  sha256: (blocks: number) => string;
  stop: () => void;
}> {
  const line = ["netns", "exec", demo.namespace("icp"), process.execPath, "-e", script];
  const child = spawn("ip", line, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return {
    url: (blocks, perSecond) => `http://${demo.contentAddress}:${port}/${blocks}/${perSecond}`,
    sha256: (blocks) => {
      const hash = createHash("sha256");
      for (let sent = 0; sent < blocks; sent += 1) hash.update(Buffer.alloc(blockBytes, "paced "));
      return hash.digest("hex");
    },
    stop: () => void child.kill("SIGTERM"),
  };
}
