import * as z from "zod";

/** One meaning of a search text; a subscriber that fits any of them is found. Digits have no plus sign. */
export type SearchMeaning =
  | { kind: "msisdn"; digits: string }
  | { kind: "msisdn-prefix"; digits: string }
  | { kind: "msisdn-suffix"; digits: string }
  | { kind: "imsi"; digits: string }
  | { kind: "imsi-prefix"; digits: string }
  | { kind: "subscriber"; id: string }
  | { kind: "device"; id: string };

/** Fewer last digits than these would name a good part of all subscribers. */
const minSuffixDigits = 3;
/** From here on a number with a leading 0 is a national one, not the last digits of one. */
const minNationalDigits = 7;
const maxMsisdnDigits = 15;
/** What is shown of a masked number can be searched for. */
export const shownDigits = 4;
/** From here on, last digits are a whole national number. */
export const minWholeDigits = 8;
const imsiDigits = 15;

function numberMeanings(text: string): SearchMeaning[] {
  const isInternational = text.startsWith("+");
  const digits = text.replaceAll("(0)", "").replaceAll(/\D/g, "");
  if (digits === "" || digits.length > maxMsisdnDigits + 2) return [];
  if (isInternational) return [{ kind: "msisdn-prefix", digits }];
  const meanings: SearchMeaning[] = [{ kind: "imsi-prefix", digits }];
  const isNational = digits.startsWith("0") && digits.length >= minNationalDigits;
  const last = isNational ? digits.slice(1) : digits;
  if (digits.startsWith("00") && digits.length > 2) meanings.push({ kind: "msisdn-prefix", digits: digits.slice(2) });
  else if (!digits.startsWith("0")) meanings.push({ kind: "msisdn-prefix", digits });
  if (last.length >= minSuffixDigits) meanings.push({ kind: "msisdn-suffix", digits: last });
  return meanings;
}

/**
 * What a search text may mean: an MSISDN in any writing ("+82 10-1234-5678", "010-1234-5678", "00 82 10…", its last
 * three digits or more), an IMSI or its beginning, a subscriber's or device's id. Source: ITU-T E.123, E.164.
 *
 * @returns none for a text that can name nobody
 */
export function readSearch(search: string): SearchMeaning[] {
  const text = search.trim();
  if (text === "") return [];
  if (z.uuid().safeParse(text).success)
    return [
      { kind: "subscriber", id: text },
      { kind: "device", id: text },
    ];
  const meanings: SearchMeaning[] = /^\+?[\d\s().\-/]+$/.test(text) ? numberMeanings(text) : [];
  return text.startsWith("+") ? meanings : [...meanings, { kind: "device", id: text }];
}

function asWhole(meaning: SearchMeaning): SearchMeaning[] {
  switch (meaning.kind) {
    case "msisdn-prefix":
      return [{ kind: "msisdn", digits: meaning.digits }];
    case "imsi-prefix":
      return meaning.digits.length === imsiDigits ? [{ kind: "imsi", digits: meaning.digits }] : [];
    case "msisdn-suffix":
      return meaning.digits.length <= shownDigits || meaning.digits.length >= minWholeDigits ? [meaning] : [];
    default:
      return [meaning];
  }
}

/**
 * The meanings that are left to who sees numbers masked: whole numbers, ids, and the last digits that are shown. With any
 * part of a number, its hidden digits could be searched for one after the other.
 */
export function wholeNumbersOnly(meanings: readonly SearchMeaning[]): SearchMeaning[] {
  return meanings.flatMap(asWhole);
}
