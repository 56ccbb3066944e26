import { apiTokenInputSchema } from "@/lib/contracts/api-tokens";
import { pageQuerySchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { tokenRoles } from "@/lib/services/api-token-row";
import { createApiToken } from "@/lib/services/create-api-token";
import { listApiTokens } from "@/lib/services/list-api-tokens";

export const GET = route({
  access: staff(...tokenRoles),
  query: pageQuerySchema,
  handle: ({ actor, query }) => listApiTokens(actor, query),
});

export const POST = route({
  access: staff(...tokenRoles),
  body: apiTokenInputSchema,
  status: 201,
  handle: ({ actor, body }) => createApiToken(actor, body),
});
