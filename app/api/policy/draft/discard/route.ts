import { discardDraftSchema } from "@/lib/contracts/policy-admin";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { jsonWithEtag, sentPreconditionOf } from "@/lib/http/conditional";
import { policyRoles } from "@/lib/services/change-draft";
import { discardDraft } from "@/lib/services/discard-draft";

export const POST = route({
  access: staff(...policyRoles),
  body: discardDraftSchema,
  handle: async ({ actor, body, request }) =>
    jsonWithEtag(await discardDraft(actor, body, sentPreconditionOf(request))),
});
