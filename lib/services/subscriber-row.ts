import type { Subscriber, SubscriberInput } from "@/lib/contracts/subscribers";
import { Prisma, type Transaction } from "@/lib/db/client";
import { etagOf } from "./lost-update";

/** A subscriber as the database has it; `msisdn` without its plus sign. */
export type SubscriberRow = {
  id: string;
  msisdn: string;
  imsi: string | null;
  state: "active" | "suspended";
  serviceClassId: string;
  extraWhiteListIds: string[];
  createdAt: Date;
  updatedAt: Date;
};

/** Columns of a SubscriberRow, of a table or query named `s`. */
export const subscriberColumns = Prisma.sql`s.id, s.msisdn, s.imsi, s.state::text AS state,
  s.service_class_id AS "serviceClassId", s.extra_white_list_ids AS "extraWhiteListIds",
  s.created_at AS "createdAt", s.updated_at AS "updatedAt"`;

/** What staff wrote of a subscriber, in one form: lists sorted, each once. */
export function contentOf(row: Omit<SubscriberRow, "id" | "createdAt" | "updatedAt">): SubscriberInput {
  return {
    msisdn: `+${row.msisdn}`,
    imsi: row.imsi,
    state: row.state,
    serviceClassId: row.serviceClassId,
    extraWhiteListIds: [...new Set(row.extraWhiteListIds)].sort(),
  };
}

/** The columns that staff write. */
export function columnsOf(input: SubscriberInput) {
  const { imsi, state, serviceClassId } = input;
  const extraWhiteListIds = [...new Set(input.extraWhiteListIds)].sort();
  return { msisdn: input.msisdn.slice(1), imsi, state, serviceClassId, extraWhiteListIds };
}

/** @param devices enrolled ones that are not revoked */
export function asSubscriber(row: SubscriberRow, devices: number): Subscriber {
  const content = contentOf(row);
  return {
    ...content,
    id: row.id,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    etag: etagOf({ id: row.id, ...content }),
    devices,
    isMasked: false,
  };
}

/** The subscriber, kept from others' changes to the end of the transaction; null where there is none. */
export async function lockSubscriber(transaction: Transaction, id: string): Promise<SubscriberRow | null> {
  const rows = await transaction.$queryRaw<SubscriberRow[]>`
    SELECT ${subscriberColumns} FROM subscribers s WHERE s.id = ${id}::uuid FOR UPDATE`;
  return rows[0] ?? null;
}
