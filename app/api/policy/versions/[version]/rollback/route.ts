import { reasonBodySchema, versionParamsSchema } from "@/lib/contracts/policy-admin";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { policyRoles } from "@/lib/services/change-draft";
import { rollBackPolicy } from "@/lib/services/roll-back-policy";

export const POST = route({
  access: staff(...policyRoles),
  params: versionParamsSchema,
  body: reasonBodySchema,
  status: 201,
  handle: ({ actor, params, body }) => rollBackPolicy(actor, { ...params, ...body }),
});
