import { reasonBodySchema } from "@/lib/contracts/policy-admin";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { policyRoles } from "@/lib/services/change-draft";
import { promoteCanary } from "@/lib/services/promote-canary";

export const POST = route({
  access: staff(...policyRoles),
  body: reasonBodySchema,
  status: 201,
  handle: ({ actor, body }) => promoteCanary(actor, body),
});
