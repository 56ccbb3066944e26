import { editRulesSchema, itemParamsSchema, ruleListQuerySchema } from "@/lib/contracts/policy-admin";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { jsonWithEtag } from "@/lib/http/conditional";
import { policyReaders } from "@/lib/services/actor";
import { policyRoles } from "@/lib/services/change-draft";
import { editDraftRules } from "@/lib/services/edit-draft-rules";
import { listDraftRules } from "@/lib/services/list-draft-rules";

export const GET = route({
  access: staff(...policyReaders),
  params: itemParamsSchema,
  query: ruleListQuerySchema,
  handle: async ({ params, query }) => jsonWithEtag(await listDraftRules({ ...query, id: params.id })),
});

export const POST = route({
  access: staff(...policyRoles),
  params: itemParamsSchema,
  body: editRulesSchema,
  maxBytes: 64 * 1024 * 1024,
  handle: async ({ actor, params, body }) => jsonWithEtag(await editDraftRules(actor, { id: params.id, edit: body })),
});
