import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Entitlement } from "@/lib/contracts/policy";
import { mptcp } from "@/lib/mptcp";
import type { Connection } from "@/lib/mptcp/connection";
import { ConnectionServer } from "@/lib/mptcp/connection-server";
import { acceptRequest } from "@/lib/protocols/accept-request";
import { Session } from "@/lib/proxy/session";
import { SessionTable } from "@/lib/proxy/session-table";
import { entitlement } from "../../factories/policy";

export type StartedSessions = {
  server: ConnectionServer;
  sessions: SessionTable;
  /** Open a connection that becomes a session of the table, of this device ("ue"); resolves once it is one. */
  open(deviceId?: string, changes?: Partial<Entitlement>): Promise<Socket>;
  stop(): Promise<void>;
};

/** A relay engine on loopback whose connections become sessions at their request, without a destination. */
export async function startSessions(): Promise<StartedSessions> {
  const sessions = new SessionTable();
  const sockets: Socket[] = [];
  const owners = new Map<number, Entitlement>();
  const serve = async (connection: Connection): Promise<void> => {
    const stream = {
      read: () => connection.read("client"),
      write: (bytes: Buffer) => connection.write("client", bytes),
    };
    const { request } = await acceptRequest(stream, { authenticate: null, viaName: "test" });
    const governance = {
      entitlement: owners.get(connection.peer.port) ?? entitlement("ue"),
      policyVersion: 1,
      whiteListId: "list",
    };
    sessions.add(new Session(connection, governance, request, () => "wifi"));
    connection.write("client", Buffer.from("session"));
  };
  const server = new ConnectionServer(mptcp, {
    threads: 1,
    handshakeTimeoutMs: 60_000,
    idleTimeoutMs: 0,
    maxConnections: 100,
    serve: (connection) => void serve(connection),
  });
  const { port } = server.listen({ address: "127.0.0.1", port: 0, mptcp: false });
  return {
    server,
    sessions,
    open: async (deviceId = "ue", changes = {}) => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      sockets.push(socket);
      await once(socket, "connect");
      owners.set(socket.localPort ?? 0, entitlement(deviceId, changes));
      socket.write("CONNECT host.example:443 HTTP/1.1\r\nHost: host.example\r\n\r\n");
      await once(socket, "data");
      return socket;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await server.stop();
    },
  };
}
