import type { SubscriberFilter } from "@/lib/contracts/subscribers";
import { Prisma } from "@/lib/db/client";
import { readSearch, type SearchMeaning, wholeNumbersOnly } from "./subscriber-search";

/** A filter, and whether who asks sees numbers masked and so may search for whole ones only. */
export type SubscriberSearch = SubscriberFilter & { isMasked?: boolean };

/** The first text of digits after all that begin with these; null where there is none. */
function digitsAfter(digits: string): string | null {
  const carried = digits.replace(/9+$/, "");
  return carried === "" ? null : `${carried.slice(0, -1)}${Number(carried.at(-1)) + 1}`;
}

/** A range, not LIKE: an index of any collation answers it, and gives the order too. */
function beginsWith(column: Prisma.Sql, digits: string): Prisma.Sql {
  const end = digitsAfter(digits);
  return end === null ? Prisma.sql`${column} >= ${digits}` : Prisma.sql`${column} >= ${digits} AND ${column} < ${end}`;
}

/** What a search text means, as a condition on `subscribers s`. */
export function meaningCondition(meaning: SearchMeaning): Prisma.Sql {
  switch (meaning.kind) {
    case "msisdn":
      return Prisma.sql`s.msisdn = ${meaning.digits}`;
    case "imsi":
      return Prisma.sql`s.imsi = ${meaning.digits}`;
    case "msisdn-prefix":
      return beginsWith(Prisma.sql`s.msisdn`, meaning.digits);
    case "msisdn-suffix":
      return Prisma.sql`reverse(s.msisdn) LIKE ${`${[...meaning.digits].reverse().join("")}%`}`;
    case "imsi-prefix":
      return beginsWith(Prisma.sql`s.imsi`, meaning.digits);
    case "subscriber":
      return Prisma.sql`s.id = ${meaning.id}::uuid`;
    case "device":
      return Prisma.sql`s.id = (SELECT subscriber_id FROM devices WHERE id = ${meaning.id})`;
  }
}

function every(parts: Prisma.Sql[]): Prisma.Sql {
  return parts.length === 0 ? Prisma.sql`true` : Prisma.sql`(${Prisma.join(parts, " AND ")})`;
}

/** A filter but for its search text, as a condition on `subscribers s`. */
export function commonCondition({ state, serviceClassId }: SubscriberFilter): Prisma.Sql {
  return every([
    ...(state === undefined ? [] : [Prisma.sql`s.state = ${state}::subscriber_state`]),
    ...(serviceClassId === undefined ? [] : [Prisma.sql`s.service_class_id = ${serviceClassId}`]),
  ]);
}

/** What is searched for: any of these; null where nothing is. */
export function meaningsOf({ search, isMasked = false }: SubscriberSearch): SearchMeaning[] | null {
  if (search === undefined || search === "") return null;
  return isMasked ? wholeNumbersOnly(readSearch(search)) : readSearch(search);
}

/**
 * A filter as conditions on `subscribers s`, one for each meaning of the search text: a subscriber that fits any of
 * them is meant. Each can be answered by an index of its own.
 */
export function conditionsOf(filter: SubscriberSearch): Prisma.Sql[] {
  const common = commonCondition(filter);
  const meanings = meaningsOf(filter);
  if (meanings === null) return [common];
  if (meanings.length === 0) return [Prisma.sql`false`];
  return meanings.map((meaning) => every([meaningCondition(meaning), common]));
}

/** A filter as one condition on `subscribers s`. */
export function conditionOfAll(filter: SubscriberSearch): Prisma.Sql {
  return Prisma.sql`(${Prisma.join(conditionsOf(filter), " OR ")})`;
}
