import { reasonBodySchema } from "@/lib/contracts/policy-admin";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { policyRoles } from "@/lib/services/change-draft";
import { revertCanary } from "@/lib/services/revert-canary";

export const POST = route({
  access: staff(...policyRoles),
  body: reasonBodySchema,
  status: 201,
  handle: ({ actor, body }) => revertCanary(actor, body),
});
