import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { receiveAll, startServer } from "./net-ends";
import { runChild } from "./run-child";
import { startRoute, waitFor } from "./start-relay";

describe("urgent data", () => {
  it.each([
    ["TCP", false],
    ["MPTCP", true],
  ])("on a listener of %s is relayed in its place, and what follows it is not held up", async (_kind, isMptcpIn) => {
    const server = await startServer((socket) => socket.pipe(socket));
    const relay = startRoute("tcp", server.port, { isMptcpIn });
    const script = [
      "import socket, sys, time",
      "s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))",
      "s.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)",
      "s.send(b'first'); s.recv(5)",
      "s.send(b'abc'); s.send(b'!', socket.MSG_OOB); s.send(b'def'); s.shutdown(socket.SHUT_WR)",
      "got = b''",
      "while (part := s.recv(100)): got += part",
      "print(got.decode())",
    ].join("\n");
    const result = await runChild(["python3", "-c", script, `${relay.port}`], { timeoutMs: 5000 });
    expect(result).toMatchObject({ status: 0, stdout: "abc!def\n" });
    await relay.stop();
    await server.close();
  });

  it.each([
    ["right behind it", ""],
    ["once it was answered", "s.recv(1)"],
  ])("amid bulk is relayed in its place, the end of which comes %s", async (_when, wait) => {
    const part = Buffer.alloc(4 << 20, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
    const urgent = Buffer.from("!");
    const sent = Buffer.concat([part, urgent, part, urgent, part]);
    const server = await startServer((socket) => {
      let bytes = 0;
      socket.on("data", (data: Buffer) => {
        bytes += data.length;
        if (bytes === sent.length) socket.write("k");
      });
      socket.pause();
      setTimeout(() => socket.resume(), 200);
    });
    const relay = startRoute("tcp", server.port);
    const script = [
      "import socket, sys",
      "s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))",
      "part = bytes(range(256)) * 16384",
      "for _ in range(2): s.sendall(part); s.send(b'!', socket.MSG_OOB)",
      "s.sendall(part)",
      wait,
      "s.shutdown(socket.SHUT_WR)",
      "while s.recv(100): pass",
    ].join("\n");
    const client = runChild(["python3", "-c", script, `${relay.port}`], { timeoutMs: 10_000 });
    const upstream = await waitFor("the server's socket", () => server.sockets[0]);
    const sha256 = createHash("sha256").update(sent).digest("hex");
    expect(await receiveAll(upstream)).toEqual({ bytes: sent.length, sha256, end: "fin" });
    upstream.end();
    expect(await client).toMatchObject({ status: 0, stderr: "" });
    await relay.stop();
    await server.close();
  });
});
