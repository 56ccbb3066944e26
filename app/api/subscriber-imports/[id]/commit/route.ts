import { idParamsSchema } from "@/lib/contracts/portal";
import { commitImportSchema } from "@/lib/contracts/subscribers";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberWriters } from "@/lib/services/actor";
import { commitImport } from "@/lib/services/commit-import";

export const POST = route({
  access: staff(...subscriberWriters),
  params: idParamsSchema,
  body: commitImportSchema,
  handle: ({ actor, params, body }) => commitImport(actor, { id: params.id, reason: body.reason }),
});
