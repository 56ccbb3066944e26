import type { Device } from "@/lib/contracts/subscribers";
import { Prisma } from "@/lib/db/client";

/** A device as the database has it; `msisdn` without its plus sign. Its secret's hash is never among it. */
export type DeviceRow = {
  id: string;
  name: string;
  subscriberId: string;
  msisdn: string;
  enrolledAt: Date;
  lastSeenAt: Date | null;
  secretChangedAt: Date;
  revokedAt: Date | null;
};

/** Columns of a DeviceRow, of `devices d` and its `subscribers s`. */
export const deviceColumns = Prisma.sql`d.id, d.name, d.subscriber_id AS "subscriberId", s.msisdn,
  d.enrolled_at AS "enrolledAt", d.last_seen_at AS "lastSeenAt", d.secret_changed_at AS "secretChangedAt",
  d.revoked_at AS "revokedAt"`;

export function asDevice(row: DeviceRow): Device {
  const { id, name, subscriberId } = row;
  return {
    id,
    name,
    subscriberId,
    msisdn: `+${row.msisdn}`,
    enrolledAt: row.enrolledAt.toISOString(),
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
    secretChangedAt: row.secretChangedAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
