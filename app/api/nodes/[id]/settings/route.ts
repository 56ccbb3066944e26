import { nodeParamsSchema, nodeSettingsRequestSchema } from "@/lib/contracts/nodes";
import { anyStaff, staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { jsonWithEtag, preconditionOf } from "@/lib/http/conditional";
import { nodeRoles } from "@/lib/services/node-orders";
import { getNodeSettings, saveNodeSettings } from "@/lib/services/node-settings";

export const GET = route({
  access: anyStaff,
  params: nodeParamsSchema,
  handle: async ({ params }) => jsonWithEtag(await getNodeSettings(params.id)),
});

export const PUT = route({
  access: staff(...nodeRoles),
  params: nodeParamsSchema,
  body: nodeSettingsRequestSchema,
  handle: async ({ actor, params, body, request }) => {
    const { reason, ...settings } = body;
    const precondition = preconditionOf(request);
    return jsonWithEtag(await saveNodeSettings(actor, { nodeId: params.id, reason, settings, precondition }));
  },
});
