import { type Attribute, numberAttribute, textAttribute } from "./radius-packet";

/** Source: RFC 2865 §5, RFC 2866 §5, RFC 2869 §5. */
export const attributeType = {
  userName: 1,
  callingStationId: 31,
  nasIdentifier: 32,
  acctStatusType: 40,
  acctDelayTime: 41,
  acctInputOctets: 42,
  acctOutputOctets: 43,
  acctSessionId: 44,
  acctSessionTime: 46,
  acctTerminateCause: 49,
  acctMultiSessionId: 50,
  acctInputGigawords: 52,
  acctOutputGigawords: 53,
  eventTimestamp: 55,
  nasPortType: 61,
  nasPortId: 87,
} as const;

/** RFC 2866 §5.1. */
const statusType = { start: 1, stop: 2, interim: 3 } as const;
/** RFC 2866 §5.10. */
const terminateCause = { "idle-timeout": 4, "session-timeout": 5 } as const;
/** RFC 2865 §5.41. */
const nasPortType = { virtual: 5, "wireless-other": 18, "wireless-802.11": 19 } as const;

export type TerminateCause = keyof typeof terminateCause;

/** One message about one accounting session. Counters are cumulative since it began. */
export type AccountingRecord = {
  sessionId: string;
  /** The same for all sessions that belong together. */
  multiSessionId: string;
  userName: string;
  callingStationId: string | null;
  nasIdentifier: string;
  portType: keyof typeof nasPortType;
  portId: string;
  /** When it happened; of counters: up to when they count. */
  at: Date;
} & (
  | { status: "start" }
  | { status: "interim"; counted: Counted }
  | { status: "stop"; counted: Counted; cause: TerminateCause }
);

/** Input is what came from the user, output what went there. */
type Counted = { seconds: number; inputOctets: bigint; outputOctets: bigint };

const wordOf = (octets: bigint): number => Number(octets & 0xffff_ffffn);
const gigawordsOf = (octets: bigint): number => Number(octets >> 32n);
const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000);

function countedAttributes({ seconds, inputOctets, outputOctets }: Counted): Attribute[] {
  return [
    numberAttribute(attributeType.acctSessionTime, seconds),
    numberAttribute(attributeType.acctInputOctets, wordOf(inputOctets)),
    numberAttribute(attributeType.acctInputGigawords, gigawordsOf(inputOctets)),
    numberAttribute(attributeType.acctOutputOctets, wordOf(outputOctets)),
    numberAttribute(attributeType.acctOutputGigawords, gigawordsOf(outputOctets)),
  ];
}

/**
 * The attributes of a record that is sent now: Acct-Delay-Time says for how long it has been waiting, so that they differ
 * from second to second (RFC 2866 §5.2).
 */
export function accountingAttributes(record: AccountingRecord, now: Date): Attribute[] {
  const { callingStationId, at } = record;
  return [
    numberAttribute(attributeType.acctStatusType, statusType[record.status]),
    textAttribute(attributeType.acctSessionId, record.sessionId),
    textAttribute(attributeType.acctMultiSessionId, record.multiSessionId),
    textAttribute(attributeType.userName, record.userName),
    ...(callingStationId === null ? [] : [textAttribute(attributeType.callingStationId, callingStationId)]),
    textAttribute(attributeType.nasIdentifier, record.nasIdentifier),
    numberAttribute(attributeType.nasPortType, nasPortType[record.portType]),
    textAttribute(attributeType.nasPortId, record.portId),
    numberAttribute(attributeType.eventTimestamp, secondsOf(at)),
    numberAttribute(attributeType.acctDelayTime, Math.max(0, secondsOf(now) - secondsOf(at))),
    ...(record.status === "start" ? [] : countedAttributes(record.counted)),
    ...(record.status === "stop"
      ? [numberAttribute(attributeType.acctTerminateCause, terminateCause[record.cause])]
      : []),
  ];
}
