import { nodeParamsSchema, nodeProfileRequestSchema } from "@/lib/contracts/nodes";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { sentPreconditionOf } from "@/lib/http/conditional";
import { nodeRoles } from "@/lib/services/node-orders";
import { saveNodeProfile } from "@/lib/services/save-node-profile";

export const PUT = route({
  access: staff(...nodeRoles),
  params: nodeParamsSchema,
  body: nodeProfileRequestSchema,
  handle: ({ actor, params, body: { reason, ...profile }, request }) =>
    saveNodeProfile(actor, { nodeId: params.id, reason, profile, seen: sentPreconditionOf(request) }),
});
