import { bulkChangeSchema } from "@/lib/contracts/subscribers";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { idempotencyKeyOf } from "@/lib/http/idempotency-key";
import { subscriberWriters } from "@/lib/services/actor";
import { changeSubscribers } from "@/lib/services/change-subscribers";

export const POST = route({
  access: staff(...subscriberWriters),
  body: bulkChangeSchema,
  handle: ({ actor, body, request }) => changeSubscribers(actor, { key: idempotencyKeyOf(request), change: body }),
});
