import { getDatabase, Prisma } from "@/lib/db/client";
import { AppError } from "@/lib/shared/errors";
import { meaningCondition } from "./subscriber-conditions";
import { minWholeDigits, readSearch, type SearchMeaning } from "./subscriber-search";

export type FoundSubscriber = {
  id: string;
  /** E.164 digits without "+". */
  msisdn: string;
  state: "active" | "suspended";
  serviceClassId: string;
  extraWhiteListIds: string[];
};

/** Whoever has this number or id, the whole of it; null for a meaning that is about the end of a number. */
function exactly(meaning: SearchMeaning): Prisma.SubscriberWhereInput | null {
  switch (meaning.kind) {
    case "subscriber":
      return { id: meaning.id };
    case "msisdn":
    case "msisdn-prefix":
      return { msisdn: meaning.digits };
    case "imsi":
    case "imsi-prefix":
      return { imsi: meaning.digits };
    case "device":
      return { devices: { some: { id: meaning.id } } };
    case "msisdn-suffix":
      return null;
  }
}

/** Shorter ends of numbers are no national ones. */
const minNationalDigits = 6;

/** A national number is the end of an MSISDN; null where it is no national number. */
async function idByNationalNumber(
  text: string,
  meanings: readonly SearchMeaning[],
  minDigits: number,
): Promise<string | null> {
  const ending = meanings.find(({ kind }) => kind === "msisdn-suffix");
  const isNational = /^\(?0(?!0)/.test(text);
  if (ending?.kind !== "msisdn-suffix" || !isNational || ending.digits.length < minDigits) return null;
  const rows = await getDatabase().$queryRaw<{ id: string }[]>(
    Prisma.sql`SELECT s.id FROM subscribers s WHERE ${meaningCondition(ending)} LIMIT 2`,
  );
  if (rows.length > 1)
    throw new AppError(
      "SUBSCRIBER_UNKNOWN",
      `More than one subscriber has a number that ends in ${ending.digits}. Write the number with its country code.`,
    );
  return rows[0]?.id ?? null;
}

/**
 * The one subscriber that somebody means by an MSISDN in any writing, an IMSI, its id or a device's id, as the search of
 * subscribers reads them; null for nobody. `isMasked`: for who sees numbers masked and says no purpose, so that hidden
 * digits cannot be tried one after the other. Errors: AppError SUBSCRIBER_UNKNOWN for a national number of several.
 */
export async function findSubscriber(text: string, isMasked = false): Promise<FoundSubscriber | null> {
  const { subscriber } = getDatabase();
  const select = { id: true, msisdn: true, state: true, serviceClassId: true, extraWhiteListIds: true } as const;
  const meanings = readSearch(text);
  for (const meaning of meanings) {
    const where = exactly(meaning);
    const found = where === null ? null : await subscriber.findFirst({ where, select });
    if (found !== null) return found;
  }
  const id = await idByNationalNumber(text.trim(), meanings, isMasked ? minWholeDigits : minNationalDigits);
  return id === null ? null : subscriber.findUnique({ where: { id }, select });
}
