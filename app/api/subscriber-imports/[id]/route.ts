import { idParamsSchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberReaders } from "@/lib/services/actor";
import { getImport } from "@/lib/services/get-import";

export const GET = route({
  access: staff(...subscriberReaders),
  params: idParamsSchema,
  handle: ({ params }) => getImport(params.id),
});
