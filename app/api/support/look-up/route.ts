import { supportLookUpSchema } from "@/lib/contracts/support";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberReaders } from "@/lib/services/actor";
import { lookUpSubscriber } from "@/lib/services/look-up-subscriber";

export const POST = route({
  access: staff(...subscriberReaders),
  body: supportLookUpSchema,
  handle: ({ actor, body }) => lookUpSubscriber(actor, body),
});
