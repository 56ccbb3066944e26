import { nodeOrderRequestSchema, nodeParamsSchema } from "@/lib/contracts/nodes";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { nodeRoles } from "@/lib/services/node-orders";
import { revokeNode } from "@/lib/services/rotate-node-credential";

export const POST = route({
  access: staff(...nodeRoles),
  params: nodeParamsSchema,
  body: nodeOrderRequestSchema,
  handle: ({ actor, params, body }) => revokeNode(actor, { nodeId: params.id, reason: body.reason }),
});
