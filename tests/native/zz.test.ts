import { it } from "vitest";
import { dial, makePayload, receiveAll, startServer } from "./net-ends";
import { startRoute } from "./start-relay";
const show = (s: string) => process.stderr.write(s + "\n");
it("x", async () => {
  for (let n = 0; n < 400; n++) {
    const payload = makePayload(5 << 20);
    const server = await startServer((socket) => socket.end("bye"));
    const relay = startRoute("tcp", server.port);
    let at = "dial";
    const t = setTimeout(() => { show("HANG " + n + " at " + at + " " + JSON.stringify(relay.agent.events.map(e => e.type))+ JSON.stringify(relay.agent.engine.stats()) + " up " + upstream?.bytesRead + " " + upstream?.readyState + " cl " + client?.bytesWritten + client?.readyState+ client?.writableLength); relay.agent.engine.sample(1, null, ["client","upstream"]); setTimeout(() => { show(JSON.stringify(relay.agent.all("sampled"))); show("PID " + process.pid); setTimeout(() => process.exit(1), 30000) }, 300); }, 4000);
    let upstream: any; let client: any;
    client = await dial(relay.port);
    client.write("x");
    at = "bye"; await receiveAll(client);
    upstream = server.sockets[0];
    at = "up"; const uploaded = receiveAll(upstream);
    client.end(payload.bytes);
    await uploaded;
    at = "closed"; await relay.agent.next("closed");
    at = "stop"; await relay.stop();
    at = "server"; await server.close();
    clearTimeout(t);
  }
});
