import type { Connection } from "@/lib/mptcp/connection";
import { errorCode, errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import type { UpstreamServers } from "./upstream-servers";

export type DnsConnectionParts = {
  servers: UpstreamServers;
  mark: number;
  /** Called with each response before the program gets it. */
  beforeAnswer: (response: Buffer) => Promise<void>;
  log: Log;
};

const connectTimeoutMs = 3000;

async function connectToServer(connection: Connection, { servers, mark }: DnsConnectionParts): Promise<boolean> {
  for (const { address, port } of servers.current()) {
    const options = { address, port, localAddress: null, mptcp: false, mark, timeoutMs: connectTimeoutMs };
    try {
      await connection.connect(options);
      return true;
    } catch (error) {
      if (errorCode(error) === "CONNECTION_GONE") throw error;
    }
  }
  return false;
}

async function forwardQuestions(connection: Connection): Promise<void> {
  for (let bytes = await connection.read("client"); bytes !== null; bytes = await connection.read("client"))
    connection.write("upstream", bytes);
}

/** Messages come with their length in two bytes before them (RFC 1035 §4.2.2). */
async function forwardAnswers(connection: Connection, parts: DnsConnectionParts): Promise<void> {
  let kept = Buffer.alloc(0);
  for (let bytes = await connection.read("upstream"); bytes !== null; bytes = await connection.read("upstream")) {
    kept = Buffer.concat([kept, bytes]);
    while (kept.length >= 2 && kept.length >= 2 + kept.readUInt16BE(0)) {
      const end = 2 + kept.readUInt16BE(0);
      await parts.beforeAnswer(kept.subarray(2, end));
      connection.write("client", kept.subarray(0, end));
      kept = kept.subarray(end);
    }
  }
}

/**
 * Serve one program that asks by TCP: its questions go to the first upstream server that accepts, as they come. The
 * engine's handshake time limit ends the connection, since it is never relayed.
 */
export async function serveDnsConnection(connection: Connection, parts: DnsConnectionParts): Promise<void> {
  try {
    if (!(await connectToServer(connection, parts))) return connection.close("reset");
    const questions = forwardQuestions(connection);
    questions.catch(() => {});
    await Promise.race([forwardAnswers(connection, parts), questions.then(() => new Promise<never>(() => {}))]);
    connection.close("flush");
  } catch (error) {
    if (errorCode(error) === "CONNECTION_GONE") return;
    parts.log.debug({ reason: errorMessage(error) }, "a DNS connection was not served");
    connection.close("reset");
  }
}
