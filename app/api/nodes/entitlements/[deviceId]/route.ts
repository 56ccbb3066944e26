import { deviceParamsSchema } from "@/lib/contracts/portal";
import { proxyNode } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { getEntitlement } from "@/lib/services/get-entitlement";

export const GET = route({
  access: proxyNode,
  params: deviceParamsSchema,
  handle: ({ actor, params }) => getEntitlement(actor, params.deviceId),
});
