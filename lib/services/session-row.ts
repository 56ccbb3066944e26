import type { SessionRow } from "@/lib/contracts/portal";
import { sessionRowSchema } from "@/lib/contracts/portal";
import type { Prisma } from "@/lib/db/client";

/** What of a session's relations its row in a list has. */
export const sessionRelations = {
  subflows: { orderBy: { id: "asc" } },
  node: { select: { name: true, isDraining: true } },
} satisfies Prisma.SessionInclude;

type StoredRow = Prisma.SessionGetPayload<{ include: typeof sessionRelations }>;

/** A stored session as lists and pages show it. */
export function asSessionRow(row: StoredRow): SessionRow {
  return sessionRowSchema.parse({
    key: row.id.toString(),
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
    policyVersion: row.policyVersion,
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
      isBackup: subflow.isBackup,
      downloadLimitBytesPerSecond: subflow.downloadLimit === null ? null : Number(subflow.downloadLimit),
    })),
    end: row.endedAt === null ? null : { at: row.endedAt.toISOString(), reason: row.endReason ?? "unknown" },
  });
}
