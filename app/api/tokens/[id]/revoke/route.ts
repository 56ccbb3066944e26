import { revokeTokenSchema } from "@/lib/contracts/api-tokens";
import { idParamsSchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { tokenRoles } from "@/lib/services/api-token-row";
import { revokeApiToken } from "@/lib/services/revoke-api-token";

export const POST = route({
  access: staff(...tokenRoles),
  params: idParamsSchema,
  body: revokeTokenSchema,
  handle: ({ actor, params, body }) => revokeApiToken(actor, { id: params.id, reason: body.reason }),
});
