import { alertRuleParamsSchema, muteAlertSchema } from "@/lib/contracts/alerts";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { alertRoles, muteAlertRule } from "@/lib/services/alert-rules";

export const POST = route({
  access: staff(...alertRoles),
  params: alertRuleParamsSchema,
  body: muteAlertSchema,
  handle: ({ actor, params, body }) => muteAlertRule(actor, { kind: params.kind, ...body }),
});
