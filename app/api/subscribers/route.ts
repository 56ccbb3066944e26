import { subscriberInputSchema, subscriberListQuerySchema } from "@/lib/contracts/subscribers";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { jsonWithEtag } from "@/lib/http/conditional";
import { subscriberReaders, subscriberWriters } from "@/lib/services/actor";
import { createSubscriber } from "@/lib/services/create-subscriber";
import { listSubscribers } from "@/lib/services/list-subscribers";

export const GET = route({
  access: staff(...subscriberReaders),
  query: subscriberListQuerySchema,
  handle: ({ actor, query }) => listSubscribers(actor, query),
});

export const POST = route({
  access: staff(...subscriberWriters),
  body: subscriberInputSchema,
  handle: async ({ actor, body }) => jsonWithEtag(await createSubscriber(actor, body), 201),
});
