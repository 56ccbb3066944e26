import type { Device, DeviceList } from "@/lib/contracts/subscribers";
import { getDatabase, Prisma } from "@/lib/db/client";
import { requireRole, type StaffActor, subscriberReaders } from "./actor";
import { asDevice, type DeviceRow, deviceColumns } from "./device-row";
import { identifiersFor } from "./identifiers";
import { cutPage, decodeCursor, encodeCursor } from "./page-cursor";
import { conditionsOf } from "./subscriber-conditions";

export type DeviceListQuery = {
  search?: string | undefined;
  state?: "enrolled" | "revoked" | undefined;
  subscriberId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
};

/** Of a search that fits very many subscribers, the devices of the first ones are looked at. */
const maxSubscribers = 1000;

/** The beginning of an id or name, or what finds the device's subscriber. */
function found(search: string, isMasked: boolean): Prisma.Sql {
  const beginning = `${search.replaceAll(/[\\%_]/g, "\\$&")}%`;
  const subscribers = conditionsOf({ search, isMasked }).map(
    (condition) => Prisma.sql`(SELECT s.id FROM subscribers s WHERE ${condition} LIMIT ${maxSubscribers})`,
  );
  return Prisma.sql`d.id IN (
    SELECT id FROM devices WHERE id LIKE ${beginning} UNION SELECT id FROM devices WHERE lower(name) LIKE lower(${beginning})
    UNION SELECT id FROM devices WHERE subscriber_id IN (${Prisma.join(subscribers, " UNION ")}))`;
}

function conditions(query: DeviceListQuery, isMasked: boolean): Prisma.Sql[] {
  const { cursor, search = "", state, subscriberId } = query;
  const parts = [Prisma.sql`true`];
  if (cursor !== undefined) {
    const { at, id } = decodeCursor(cursor);
    parts.push(Prisma.sql`(d.enrolled_at, d.id) < (${at}, ${id})`);
  }
  if (search !== "") parts.push(found(search, isMasked));
  if (state !== undefined)
    parts.push(state === "revoked" ? Prisma.sql`d.revoked_at IS NOT NULL` : Prisma.sql`d.revoked_at IS NULL`);
  if (subscriberId !== undefined) parts.push(Prisma.sql`d.subscriber_id = ${subscriberId}::uuid`);
  return parts;
}

/** Devices, newest first, numbers as the reader may see them. Errors: AppError AUTH_FORBIDDEN, REQUEST_BAD_CURSOR. */
export async function listDevices(staff: StaffActor, query: DeviceListQuery): Promise<DeviceList> {
  requireRole(staff, subscriberReaders);
  const identifiers = await identifiersFor(staff);
  const rows = await getDatabase().$queryRaw<DeviceRow[]>`
    SELECT ${deviceColumns} FROM devices d JOIN subscribers s ON s.id = d.subscriber_id
    WHERE ${Prisma.join(conditions(query, !identifiers.seesAll), " AND ")}
    ORDER BY d.enrolled_at DESC, d.id DESC LIMIT ${query.limit + 1}`;
  const asShown = (row: DeviceRow): Device => identifiers.ofDevice(asDevice(row));
  return cutPage<DeviceRow, Device>(rows, query.limit, asShown, ({ enrolledAt, id }) => encodeCursor(enrolledAt, id));
}
