import { alertRuleInputSchema, alertRuleParamsSchema } from "@/lib/contracts/alerts";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { jsonWithEtag, preconditionOf } from "@/lib/http/conditional";
import { alertRoles, saveAlertRule } from "@/lib/services/alert-rules";

export const PUT = route({
  access: staff(...alertRoles),
  params: alertRuleParamsSchema,
  body: alertRuleInputSchema,
  handle: async ({ actor, params, body, request }) => {
    const change = { kind: params.kind, input: body, precondition: preconditionOf(request) };
    return jsonWithEtag(await saveAlertRule(actor, change));
  },
});
