import { nodeOrderRequestSchema, nodeParamsSchema } from "@/lib/contracts/nodes";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { drainNode } from "@/lib/services/drain-node";
import { nodeRoles } from "@/lib/services/node-orders";

export const POST = route({
  access: staff(...nodeRoles),
  params: nodeParamsSchema,
  body: nodeOrderRequestSchema,
  handle: ({ actor, params, body }) => drainNode(actor, { nodeId: params.id, reason: body.reason, isDraining: true }),
});
