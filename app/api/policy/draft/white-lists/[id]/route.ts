import { itemParamsSchema, whiteListHeadSchema } from "@/lib/contracts/policy-admin";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { jsonWithEtag, preconditionOf } from "@/lib/http/conditional";
import { policyRoles } from "@/lib/services/change-draft";
import { removeDraftWhiteList } from "@/lib/services/remove-draft-white-list";
import { saveDraftWhiteList } from "@/lib/services/save-draft-white-list";

const access = staff(...policyRoles);

export const PUT = route({
  access,
  params: itemParamsSchema,
  body: whiteListHeadSchema,
  handle: async ({ actor, params, body, request }) => {
    const item = { ...body, id: params.id };
    return jsonWithEtag(await saveDraftWhiteList(actor, { item, precondition: preconditionOf(request) }));
  },
});

export const DELETE = route({
  access,
  params: itemParamsSchema,
  handle: async ({ actor, params, request }) => {
    await removeDraftWhiteList(actor, { id: params.id, precondition: preconditionOf(request) });
    return null;
  },
});
