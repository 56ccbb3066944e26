import { idParamsSchema } from "@/lib/contracts/portal";
import { importRowQuerySchema } from "@/lib/contracts/subscribers";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberReaders } from "@/lib/services/actor";
import { listImportRows } from "@/lib/services/list-import-rows";

export const GET = route({
  access: staff(...subscriberReaders),
  params: idParamsSchema,
  query: importRowQuerySchema,
  handle: ({ actor, params, query }) => listImportRows(actor, { id: params.id, ...query }),
});
