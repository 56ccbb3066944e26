import { describe, expect, it } from "vitest";
import { dial, makePayload, receiveAll, startDeafPort, startServer } from "./net-ends";
import { countDescriptors, restingDescriptors, startEngine, waitFor } from "./start-relay";

const loopback = { address: "127.0.0.1", localAddress: null, mptcp: false, timeoutMs: 3000 };
const answer = Buffer.from("go on");

describe("a connect with an answer", () => {
  it("gives the client its answer and relays both ways by itself, with no byte lost", async () => {
    const [upload, download] = [makePayload(3 << 20), makePayload(2 << 20)];
    const server = await startServer((socket) => socket.end(download.bytes));
    const { engine, next } = startEngine();
    const { port } = engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const client = await dial(port);
    client.write("hello");
    const { connection } = await next("accepted");
    engine.connect(connection, { ...loopback, port: server.port, answer });
    client.end(upload.bytes);
    const got = await receiveAll(client);
    expect(got).toMatchObject({ bytes: answer.length + download.bytes.length, end: "fin" });
    const upstream = await waitFor("the server's socket", () => server.sockets[0]);
    expect(await receiveAll(upstream)).toMatchObject({ bytes: upload.bytes.length, sha256: upload.sha256, end: "fin" });
    const { reason, last } = await next("closed");
    expect(reason).toBe("finished");
    /* The answer is ours and not relayed. */
    expect([last.uploadBytes, last.downloadBytes]).toEqual([upload.bytes.length, download.bytes.length]);
    await engine.stop();
    await server.close();
  });

  it("says nothing where the connect fails, and answers where the next one does not", async () => {
    const server = await startServer((socket) => socket.end("!"));
    const { engine, next, all } = startEngine();
    const { port } = engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    const client = await dial(port);
    client.write("hello");
    const { connection } = await next("accepted");
    engine.connect(connection, { ...loopback, port: 9, answer });
    expect(await next("connect-failed")).toMatchObject({ connection, code: "ECONNREFUSED" });
    engine.write(connection, "client", Buffer.from("again: "));
    engine.connect(connection, { ...loopback, port: server.port, answer });
    client.end();
    expect(await receiveAll(client)).toMatchObject({ bytes: "again: ".length + answer.length + 1, end: "fin" });
    expect(await next("closed")).toMatchObject({ reason: "finished" });
    expect(all("connected")).toHaveLength(1);
    await engine.stop();
    await server.close();
  });

  it("leaves nothing behind where the client goes, or its owner closes, before it is connected", async () => {
    const before = await restingDescriptors();
    const deaf = await startDeafPort();
    const { engine, next } = startEngine();
    const { port } = engine.listen({ address: "127.0.0.1", port: 0, mptcp: false });
    for (const [count, end] of (["client", "reset", "flush"] as const).entries()) {
      const client = await dial(port);
      client.write("hello");
      const { connection } = await next("accepted", count + 1);
      engine.connect(connection, { ...loopback, port: deaf.port, answer });
      if (end === "client") client.resetAndDestroy();
      else engine.close(connection, end);
      await next("closed", count + 1);
      client.destroy();
    }
    await engine.stop();
    deaf.close();
    await waitFor("descriptors to come back", () => countDescriptors() <= before);
  });
});
