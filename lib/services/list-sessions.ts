import type { SessionList, SessionRow } from "@/lib/contracts/portal";
import { sessionRowSchema } from "@/lib/contracts/portal";
import { type Database, getDatabase } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { cutPage, decodeCursor, encodeCursor } from "./page-cursor";

export type SessionListQuery = { cursor?: string | undefined; limit: number; state?: "running" | "ended" | undefined };

function after(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const { at, id } = decodeCursor(cursor);
  if (!/^\d{1,18}$/.test(id))
    throw new AppError("REQUEST_BAD_CURSOR", "This cursor is not one this list gave. Start without a cursor.");
  return { OR: [{ startedAt: { lt: at } }, { startedAt: at, id: { lt: BigInt(id) } }] };
}

function findRows(database: Database, { cursor, limit, state }: SessionListQuery) {
  const byState = state === undefined ? {} : { endedAt: state === "running" ? null : { not: null } };
  return database.session.findMany({
    where: { ...after(cursor), ...byState },
    orderBy: [{ startedAt: "desc" }, { id: "desc" }],
    take: limit + 1,
    include: { subflows: { orderBy: { id: "asc" } }, node: { select: { name: true } } },
  });
}

type Row = Awaited<ReturnType<typeof findRows>>[number];

function asSession(row: Row): SessionRow {
  return sessionRowSchema.parse({
    id: row.sessionId,
    nodeId: row.nodeId,
    nodeName: row.node.name,
    deviceId: row.deviceId,
    subscriberId: row.subscriberId,
    serviceClassId: row.serviceClassId,
    protocol: row.protocol,
    destination: row.destination,
    destinationAddress: row.destinationAddress,
    whiteListId: row.whiteListId,
    transport: row.transport,
    startedAt: row.startedAt.toISOString(),
    uploadBytes: Number(row.uploadBytes),
    downloadBytes: Number(row.downloadBytes),
    handshakeUploadBytes: Number(row.handshakeUploadBytes),
    handshakeDownloadBytes: Number(row.handshakeDownloadBytes),
    reinjectedBytes: Number(row.reinjectedBytes),
    subflows: row.subflows.map((subflow) => ({
      id: subflow.id,
      access: subflow.access,
      ueAddress: { address: subflow.ueAddress, port: subflow.uePort },
      proxyAddress: { address: subflow.proxyAddress, port: subflow.proxyPort },
      uploadBytes: Number(subflow.uploadBytes),
      downloadBytes: Number(subflow.downloadBytes),
      rttMs: subflow.rttMs,
      retransSegments: Number(subflow.retransSegments),
      isOpen: subflow.isOpen,
    })),
    end: row.endedAt === null ? null : { at: row.endedAt.toISOString(), reason: row.endReason ?? "unknown" },
  });
}

/** Sessions of all nodes with their paths, newest first. Errors: AppError REQUEST_BAD_CURSOR. */
export async function listSessions(query: SessionListQuery): Promise<SessionList> {
  const rows = await findRows(getDatabase(), query);
  return cutPage(rows, query.limit, asSession, ({ startedAt, id }) => encodeCursor(startedAt, id.toString()));
}
