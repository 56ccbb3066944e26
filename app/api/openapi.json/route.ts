import { apiDescriptionQuerySchema } from "@/lib/contracts/portal";
import { anyone } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { describeApi } from "@/lib/http/openapi";

export const GET = route({
  access: anyone,
  query: apiDescriptionQuerySchema,
  handle: async ({ query }) => describeApi(query.language),
});
