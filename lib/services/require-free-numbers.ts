import { say } from "@/lib/contracts/sentences";
import type { SubscriberInput } from "@/lib/contracts/subscribers";
import type { Transaction } from "@/lib/db/client";
import { errorCode } from "@/lib/shared/errors";
import type { Said } from "@/lib/shared/said";
import { FieldsRefused } from "./fields-refused";

/** Errors: FieldsRefused (SUBSCRIBER_TAKEN) where another subscriber has the MSISDN or the IMSI. */
export async function requireFreeNumbers(
  transaction: Transaction,
  wanted: Pick<SubscriberInput, "msisdn" | "imsi">,
  ownId: string,
): Promise<void> {
  const { imsi } = wanted;
  const msisdn = wanted.msisdn.slice(1);
  const numbers = imsi === null ? [{ msisdn }] : [{ msisdn }, { imsi }];
  const others = await transaction.subscriber.findMany({ where: { OR: numbers, id: { not: ownId } } });
  const fields: Record<string, Said> = {};
  if (others.some((other) => other.msisdn === msisdn)) fields["msisdn"] = say("numberTaken");
  const owner = imsi === null ? undefined : others.find((other) => other.imsi === imsi);
  if (owner !== undefined) fields["imsi"] = say("imsiTaken", { msisdn: `+${owner.msisdn}` });
  if (Object.keys(fields).length > 0) throw new FieldsRefused("SUBSCRIBER_TAKEN", fields);
}

/** Two writes of one number at the same moment: the second one finds it taken only when it is written. */
export function asTaken(error: unknown): unknown {
  if (errorCode(error) !== "P2002") return error;
  return new FieldsRefused("SUBSCRIBER_TAKEN", {
    msisdn: say("numberJustTaken"),
  });
}
