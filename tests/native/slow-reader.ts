import { runChild } from "./run-child";

const script = [
  "import json, socket, sys, time",
  "port, wait_ms, turn_bytes = map(int, sys.argv[1:])",
  "s = socket.socket()",
  "s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)",
  "s.connect(('127.0.0.1', port))",
  "s.send(b'x'); time.sleep(wait_ms / 1000)",
  "got, end = 0, 'fin'",
  "try:",
  "  while part := s.recv(turn_bytes):",
  "    got += len(part); time.sleep(0.01)",
  "except ConnectionResetError: end = 'reset'",
  "print(json.dumps({'bytes': got, 'end': end}))",
].join("\n");

type SlowlyRead = { bytes: number; end: "fin" | "reset" };

/**
 * A client with a small receive buffer that says a byte, waits, and reads so much every 10 ms until the end. Not a Node
 * one: libuv takes a reset that it meets behind a part of the data for an end.
 */
export async function readSlowly(
  port: number,
  { waitMs = 0, turnBytes = 10_000 }: { waitMs?: number; turnBytes?: number } = {},
): Promise<SlowlyRead> {
  const command = ["python3", "-c", script, `${port}`, `${waitMs}`, `${turnBytes}`];
  const { status, stdout, stderr } = await runChild(command, { timeoutMs: 20_000 });
  if (status !== 0) throw new Error(`the slow reader ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as SlowlyRead;
}
