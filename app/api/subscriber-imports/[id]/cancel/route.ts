import { idParamsSchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberWriters } from "@/lib/services/actor";
import { cancelImport } from "@/lib/services/cancel-import";

export const POST = route({
  access: staff(...subscriberWriters),
  params: idParamsSchema,
  handle: ({ actor, params }) => cancelImport(actor, params.id),
});
