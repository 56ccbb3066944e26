import { momentRequestSchema } from "@/lib/contracts/moment";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberReaders } from "@/lib/services/actor";
import { lookUpMoment } from "@/lib/services/look-up-moment";

export const POST = route({
  access: staff(...subscriberReaders),
  body: momentRequestSchema,
  handle: ({ actor, body }) => lookUpMoment(actor, body),
});
