import { publishSchema } from "@/lib/contracts/policy-admin";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { preconditionOf } from "@/lib/http/conditional";
import { policyRoles } from "@/lib/services/change-draft";
import { publishDraft } from "@/lib/services/publish-draft";

export const POST = route({
  access: staff(...policyRoles),
  body: publishSchema,
  status: 201,
  handle: ({ actor, body, request }) => publishDraft(actor, { ...body, precondition: preconditionOf(request) }),
});
