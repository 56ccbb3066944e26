import { newJoinCodeSchema } from "@/lib/contracts/nodes";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { createJoinCode } from "@/lib/services/create-join-code";
import { nodeRoles } from "@/lib/services/node-orders";

export const POST = route({
  access: staff(...nodeRoles),
  body: newJoinCodeSchema,
  status: 201,
  handle: ({ actor, body }) => createJoinCode(actor, body),
});
